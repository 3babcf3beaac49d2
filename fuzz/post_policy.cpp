// SPDX-License-Identifier: Apache-2.0
// A form that a stranger sends: its policy as text in front of the first empty line, its fields
// after it, "name: value" a line.
#include "s3/post_policy.h"

#include "codec/base64.h"

#include <algorithm>
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

s3::PostFields fields_of(std::string_view lines) {
    s3::PostFields fields;
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        const auto colon = std::min(line.find(": "), line.size());
        std::string name(line.substr(0, colon));
        if (s3::find_field(fields, name) == nullptr) {
            fields.emplace_back(std::move(name), line.substr(std::min(colon + 2, line.size())));
        }
    }
    return fields;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto split = std::min(bytes.find("\n\n"), bytes.size());
    const std::string encoded = codec::base64_encode(bytes.substr(0, split));
    const s3::PostFields fields = fields_of(bytes.substr(std::min(split + 2, bytes.size())));
    const Time now = Time(std::chrono::seconds(1'795'237'200));

    static_cast<void>(s3::parse_post_policy(bytes));
    if (const auto policy = s3::parse_post_policy(encoded)) {
        const bool allowed = s3::check_post_policy(*policy, fields, "photos", now).has_value();
        if (allowed) {
            require(now < policy->expiration);
            // One field more that nobody spoke of is never let in.
            constexpr std::string_view name = "x-fuzz-more";
            const bool spoken_of = std::ranges::any_of(
                policy->conditions, [&name](const auto& each) { return each.field == name; });
            s3::PostFields more = fields;
            more.emplace_back(name, "1");
            require(spoken_of || !s3::check_post_policy(*policy, more, "photos", now).has_value());
        }
    }

    s3::Credentials credentials;
    credentials.access_key_id = "AKIDEXAMPLE";
    credentials.secret_access_key = Secret("secret");
    const s3::Signer signer(credentials, "us-east-1");
    if (const auto claim = s3::read_post_claim(fields); claim && *claim) {
        // No input the fuzzer finds has a true signature.
        const std::string* policy = s3::find_field(fields, "policy");
        require(policy != nullptr);
        require(!s3::verify_post(**claim, *policy, signer, now).has_value());
    }
    return 0;
}
