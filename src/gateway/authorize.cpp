// SPDX-License-Identifier: Apache-2.0
#include "gateway/authorize.h"

#include "gateway/copy_source.h"
#include "s3/errors.h"

#include <algorithm>
#include <array>
#include <utility>

namespace slipway::gateway {
namespace {

using objects::BucketSetting;
using objects::BucketSettings;

// What an ACL can grant ("Access control list (ACL) overview" of the Amazon S3 user guide, mapping
// of permissions to operations, read 2026-11). Nothing else is ever done without a key.

constexpr auto listing = std::to_array<std::string_view>({
    "HeadBucket",
    "ListMultipartUploads",
    "ListObjectVersions",
    "ListObjects",
    "ListObjectsV2",
});

constexpr auto reading = std::to_array<std::string_view>({"GetObject", "HeadObject"});

constexpr auto writing = std::to_array<std::string_view>({
    "DeleteObject",
    "DeleteObjects",
    "PostObject",
    "PutObject",
});

/// Likewise, but only for somebody who is known.
constexpr auto signed_writing = std::to_array<std::string_view>({
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "CopyObject",
    "CreateMultipartUpload",
    "UploadPart",
    "UploadPartCopy",
});

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}

AclRights bucket_rights(const BucketSettings& settings) {
    const AclRules rules = acl_rules_of(settings);
    const auto acl = settings.find(BucketSetting::acl);
    if (rules.ignore_public || rules.bucket_owner_enforced || acl == settings.end()) {
        return {};
    }
    return rights_of(acl->second);
}

/// Whether ACLs let that sender read or write.
bool may_read(const AclRights& rights, bool is_known) {
    return rights.all_read || (is_known && rights.signed_in_read);
}

bool is_public_by_setting(const GatewayOptions& options,
                          std::string_view bucket,
                          const BucketSettings& settings) {
    const auto& names = options.public_read_buckets;
    return std::ranges::find(names, bucket) != names.end() &&
           !acl_rules_of(settings).restrict_public;
}

tl::unexpected<Error> denied(const Call& call) {
    return call.key != nullptr && call.key->sees(call.target.bucket)
               ? s3::s3_fail("AccessDenied", "This access key may read only.")
               : s3::s3_fail("AccessDenied");
}

/// Whether the object's own ACL, or that of a bucket everybody may read, lets it be read.
Task<Permission> authorize_read(const Call& call,
                                std::string_view bucket,
                                std::string_view key,
                                const BucketSettings& settings) {
    const bool is_known = call.key != nullptr;
    objects::GetRequest wanted;
    wanted.bucket = bucket;
    wanted.key = key;
    const auto info = co_await call.store.head(wanted);
    if (!info) {
        // That it is not there is told to those who could list the bucket.
        co_return info.error().kind == ErrorKind::not_found &&
                !may_read(bucket_rights(settings), is_known)
            ? s3::s3_fail("AccessDenied")
            : fail(info.error());
    }
    const AclRules rules = acl_rules_of(settings);
    const bool acl_counts = !rules.ignore_public && !rules.bucket_owner_enforced;
    const bool allowed = is_public_by_setting(call.options, bucket, settings) ||
                         (acl_counts && may_read(rights_of(info->attributes.acl), is_known));
    if (!allowed) {
        co_return s3::s3_fail("AccessDenied");
    }
    co_return Permission{info->etag};
}

/// What is allowed to those whom no key lets in.
Task<Permission> authorize_by_acl(const Call& call, std::string_view operation) {
    SLIPWAY_CO_TRY(settings, call.store.bucket_settings(call.target.bucket));
    const bool is_known = call.key != nullptr;
    const AclRights rights = bucket_rights(*settings);
    if (is_one_of(operation, reading)) {
        co_return co_await authorize_read(call, call.target.bucket, call.target.key, *settings);
    }
    if (is_one_of(operation, signed_writing) && !is_known) {
        co_return s3::s3_fail("AccessDenied",
                              "Anonymous users cannot invoke this API. Please authenticate.");
    }
    const bool allowed = (is_one_of(operation, listing) && may_read(rights, is_known)) ||
                         ((is_one_of(operation, writing) || is_one_of(operation, signed_writing)) &&
                          rights.all_write);
    if (!allowed) {
        co_return denied(call);
    }
    co_return Permission();
}

/// A copy reads another object, which its sender must be allowed to.
Task<> authorize_copy_source(const Call& call) {
    SLIPWAY_CO_TRY(source, read_copy_source(call));
    if (call.key->sees(source.bucket)) {
        co_return Result<>();
    }
    SLIPWAY_CO_TRY(settings, call.store.bucket_settings(source.bucket));
    SLIPWAY_CO_CHECK(co_await authorize_read(call, source.bucket, source.key, *settings));
    co_return Result<>();
}

/// Whether the ACL that the request wants to set may be set there.
Result<> check_wanted_acl(const Call& call) {
    SLIPWAY_TRY(acl, read_acl(call));
    if (acl.empty()) {
        return {};
    }
    const auto settings = call.store.bucket_settings(call.target.bucket);
    return settings ? check_acl_allowed(**settings, acl) : Result<>();  // a bucket to be created
}

}  // namespace

Task<Permission> authorize(const Call& call, const Operation& operation) {
    Permission permission;
    const bool by_key = call.key != nullptr && call.key->sees(call.target.bucket);
    if (by_key && !call.key->allows(operation.access)) {
        co_return denied(call);
    }
    if (!by_key && call.target.bucket.empty()) {
        co_return s3::s3_fail("AccessDenied");
    }
    // A form says who sends it in its fields: see authorize_post.
    const bool is_form = call.key == nullptr && operation.name == "PostObject";
    if (!by_key && !is_form) {
        SLIPWAY_CO_TRY(by_acl, co_await authorize_by_acl(call, operation.name));
        permission = std::move(by_acl);
    }
    if (operation.name == "CopyObject" || operation.name == "UploadPartCopy") {
        SLIPWAY_CO_CHECK(co_await authorize_copy_source(call));
    }
    if (operation.access == Access::write) {
        SLIPWAY_CO_CHECK(check_wanted_acl(call));
    }
    co_return permission;
}

Result<> authorize_post(const Call& call, const AccessKey* key, std::string_view acl) {
    SLIPWAY_TRY(settings, call.store.bucket_settings(call.target.bucket));
    const bool by_key = key != nullptr && key->sees(call.target.bucket);
    const bool allowed = by_key ? key->allows(Access::write) : bucket_rights(*settings).all_write;
    if (!allowed) {
        return s3::s3_fail("AccessDenied");
    }
    return check_acl_allowed(*settings, acl);
}

}  // namespace slipway::gateway
