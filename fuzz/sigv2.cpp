// SPDX-License-Identifier: Apache-2.0
// URLs presigned with signature version 2, and the headers they come with. The input is lines:
// target, then "name: value" headers.
#include "s3/sigv2.h"

#include "codec/percent.h"
#include "request_lines.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace slipway;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    http::Request request =
        fuzz::request_of(std::string_view(reinterpret_cast<const char*>(data), size));
    const std::string base_hosts[] = {"s3.example"};
    const Time now = Time(std::chrono::seconds(1'795'237'200));
    s3::Credentials credentials;
    credentials.access_key_id = "AKIDEXAMPLE";
    credentials.secret_access_key = Secret("secret");
    const auto target = s3::parse_target(request, base_hosts);
    const auto claim = s3::parse_authorization(request);
    if (target && claim && claim->version_2) {
        require(!s3::is_anonymous(request));
        // No input the fuzzer finds has a true signature.
        require(!s3::verify_v2(request, *target, *claim, credentials, now).has_value());
    }
    if (!target || !s3::is_anonymous(request)) {
        return 0;
    }
    // What we sign ourselves must verify, and not after another subresource is added to it.
    const bool has_query = request.target.find('?') != std::string::npos;
    const std::string unsigned_target =
        request.target + (has_query ? "&" : "?") + "Expires=1795237300&AWSAccessKeyId=AKIDEXAMPLE";
    const auto with_signature = [&](const std::string& more) {
        request.target = unsigned_target;
        const auto parsed = s3::parse_target(request, base_hosts);
        require(parsed.has_value());
        const std::string text = s3::string_to_sign_v2(request, *parsed);
        request.target = unsigned_target + more + "&Signature=" +
                         codec::percent_encode(s3::signature_v2(credentials, text), false);
        const auto signed_target = s3::parse_target(request, base_hosts);
        const auto signed_claim = s3::parse_authorization(request);
        require(signed_target.has_value());
        return signed_claim && signed_claim->version_2 &&
               s3::verify_v2(request, *signed_target, *signed_claim, credentials, now).has_value();
    };
    // The input may bring these parameters itself, and the first counts.
    const bool is_clean = !target->has("Expires") && !target->has("x-amz-security-token") &&
                          !request.headers.has("x-amz-security-token") &&
                          !request.headers.has("x-amz-content-sha256");
    require(!is_clean || with_signature(""));
    require(!with_signature("&uploadId=1"));
    return 0;
}
