// SPDX-License-Identifier: Apache-2.0
// The documents that are settings of a bucket: CORS rules, ACLs and the small ones. What is taken
// can be written and read again.
#include "s3/cors.h"

#include "s3/acl.h"
#include "s3/bucket_documents.h"

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

void check_cors(std::string_view bytes) {
    const auto rules = s3::parse_cors(bytes);
    if (!rules) {
        return;
    }
    const auto again = s3::parse_cors(s3::cors_xml(*rules));
    require(again && again->size() == rules->size());
    for (const s3::CorsRule& rule : *rules) {
        const std::string& origin = rule.allowed_origins.front();
        const auto* found = s3::find_cors_rule(*rules, origin, rule.allowed_methods.front(), {});
        require(found != nullptr);
        const std::string_view allowed = s3::allowed_origin(*found, origin);
        require(allowed == origin || allowed == "*");
    }
    static_cast<void>(s3::find_cors_rule(*rules, bytes, "GET", bytes));
}

void check_acl(std::string_view bytes) {
    const s3::Owner owner{"owner", "Owner"};
    const auto grants = s3::parse_acl(bytes, owner);
    const auto in_header = s3::parse_grant_header(bytes, "READ", owner);
    for (const auto* each : {&grants, &in_header}) {
        if (!*each) {
            continue;
        }
        if (const auto canned = s3::canned_acl_of(**each, owner)) {
            const auto again = s3::parse_acl(s3::acl_xml(*canned, owner), owner);
            require(again && s3::canned_acl_of(*again, owner) == *canned);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check_cors(bytes);
    check_acl(bytes);
    if (const auto block = s3::parse_public_access_block(bytes)) {
        require(s3::parse_public_access_block(s3::public_access_block_xml(*block)) == *block);
    }
    if (const auto ownership = s3::parse_ownership_controls(bytes)) {
        require(s3::parse_ownership_controls(s3::ownership_controls_xml(*ownership)) == *ownership);
    }
    return 0;
}
