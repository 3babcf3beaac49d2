// SPDX-License-Identifier: Apache-2.0
#include "gateway/acl.h"

#include "s3/acl.h"
#include "s3/bucket_documents.h"
#include "s3/errors.h"

#include <array>
#include <iterator>
#include <utility>
#include <vector>

namespace slipway::gateway {
namespace {

using objects::BucketSetting;

struct GrantHeader {
    std::string_view name;
    std::string_view permission;
};

constexpr std::array<GrantHeader, 5> grant_headers{{
    {"x-amz-grant-full-control", "FULL_CONTROL"},
    {"x-amz-grant-read", "READ"},
    {"x-amz-grant-read-acp", "READ_ACP"},
    {"x-amz-grant-write", "WRITE"},
    {"x-amz-grant-write-acp", "WRITE_ACP"},
}};

Result<std::vector<s3::Grant>> read_grants(const Call& call) {
    std::vector<s3::Grant> grants;
    for (const GrantHeader& header : grant_headers) {
        if (!call.has_header(header.name)) {
            continue;
        }
        SLIPWAY_TRY(read, s3::parse_grant_header(call.header(header.name), header.permission,
                                                 call.options.owner));
        grants.insert(grants.end(), std::move_iterator(read.begin()),
                      std::move_iterator(read.end()));
    }
    return grants;
}

}  // namespace

AclRights rights_of(std::string_view canned) {
    AclRights rights;
    rights.all_read = canned == "public-read" || canned == "public-read-write";
    rights.all_write = canned == "public-read-write";
    rights.signed_in_read = canned == "authenticated-read";
    return rights;
}

AclRules acl_rules_of(const objects::BucketSettings& settings) {
    AclRules rules;
    if (const auto block = settings.find(BucketSetting::public_access_block);
        block != settings.end()) {
        if (const auto read = s3::parse_public_access_block(block->second)) {
            rules.refuse_public = read->block_public_acls;
            rules.ignore_public = read->ignore_public_acls;
            rules.restrict_public = read->restrict_public_buckets;
        }
    }
    if (const auto controls = settings.find(BucketSetting::ownership_controls);
        controls != settings.end()) {
        const auto read = s3::parse_ownership_controls(controls->second);
        rules.bucket_owner_enforced = read && *read == s3::bucket_owner_enforced;
    }
    return rules;
}

Result<std::string> read_acl(const Call& call) {
    const bool has_word = call.has_header("x-amz-acl");
    SLIPWAY_TRY(grants, read_grants(call));
    if (has_word && !grants.empty()) {
        return s3::s3_fail("InvalidRequest",
                           "Specifying both Canned ACLs and Header Grants is not allowed");
    }
    if (!grants.empty()) {
        return s3::canned_acl_of(grants, call.options.owner);
    }
    const std::string_view word = call.header("x-amz-acl");
    if (has_word && !s3::is_canned_acl(word, call.target.key.empty())) {
        return s3::s3_fail("InvalidArgument",
                           "The canned ACL in x-amz-acl is none that Amazon S3 knows.");
    }
    return std::string(word);
}

Result<> check_acl_allowed(const objects::BucketSettings& settings, std::string_view canned) {
    if (canned.empty()) {
        return {};
    }
    const AclRules rules = acl_rules_of(settings);
    if (rules.bucket_owner_enforced && canned != "bucket-owner-full-control" &&
        canned != "private") {
        return s3::s3_fail("AccessControlListNotSupported");
    }
    if (rules.refuse_public && rights_of(canned).is_public()) {
        return s3::s3_fail("AccessDenied",
                           "The bucket's public access block refuses public ACLs "
                           "(BlockPublicAcls).");
    }
    return {};
}

}  // namespace slipway::gateway
