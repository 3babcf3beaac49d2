// SPDX-License-Identifier: Apache-2.0
// What a stranger can write into a request line and its headers: the target, the claim of a
// signature and its verification. The input is lines: target, then "name: value" headers.
#include "s3/sigv4.h"

#include "codec/percent.h"
#include "request_lines.h"
#include "s3/target.h"

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

void check_canonical_forms(const http::Request& request) {
    if (const auto path = s3::canonical_path(request.path())) {
        require(s3::canonical_path(*path) == *path);
    }
    if (const auto query = s3::canonical_query(request.query())) {
        require(s3::canonical_query(*query) == *query);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    http::Request request =
        fuzz::request_of(std::string_view(reinterpret_cast<const char*>(data), size));
    const std::string base_hosts[] = {"s3.example"};
    if (const auto target = s3::parse_target(request, base_hosts)) {
        require(target->key.size() <= request.target.size());
    }
    check_canonical_forms(request);

    s3::Credentials credentials;
    credentials.access_key_id = "AKIDEXAMPLE";
    credentials.secret_access_key = Secret("secret");
    const s3::Signer signer(credentials, "us-east-1");
    if (const auto claim = s3::parse_authorization(request)) {
        require(!s3::is_anonymous(request));
        // No input the fuzzer finds has a true signature.
        require(!s3::verify(request, *claim, Secret("secret"), claim->date).has_value());
        require(!signer.verify(request, *claim, claim->date).has_value());
    }
    // What we sign ourselves must verify, whatever else is in the request.
    request.headers.remove("authorization");
    const Time now = Time(std::chrono::seconds(1'795'237'200));
    if (signer.sign(request, s3::unsigned_payload_hash, now)) {
        if (const auto claim = s3::parse_authorization(request)) {
            require(signer.verify(request, *claim, now).has_value());
        }
    }
    return 0;
}
