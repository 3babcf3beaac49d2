// SPDX-License-Identifier: Apache-2.0
// The settings of a bucket that are documents: get, put, delete.
#include "gateway/bucket_setting.h"

#include "base/assert.h"
#include "base/random.h"
#include "gateway/acl.h"
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "s3/bucket_documents.h"
#include "s3/cors.h"
#include "s3/errors.h"
#include "s3/lifecycle.h"
#include "s3/limits.h"
#include "s3/tagging.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace slipway::gateway {
namespace {

using objects::BucketSetting;

/// Of the names that rules are given which come without.
constexpr unsigned rule_id_bytes = 16;

Result<std::string> canonical_cors(std::string_view body) {
    SLIPWAY_TRY(rules, s3::parse_cors(body));
    return s3::cors_xml(rules);
}

Result<std::string> canonical_lifecycle(std::string_view body) {
    SLIPWAY_TRY(rules, s3::parse_lifecycle(body));
    for (s3::LifecycleRule& rule : rules) {
        rule.id = rule.id.empty() ? random_hex(rule_id_bytes) : std::move(rule.id);
    }
    return s3::lifecycle_xml(rules);
}

Result<std::string> canonical_ownership(std::string_view body) {
    SLIPWAY_TRY(ownership, s3::parse_ownership_controls(body));
    return s3::ownership_controls_xml(ownership);
}

Result<std::string> canonical_public_access_block(std::string_view body) {
    SLIPWAY_TRY(block, s3::parse_public_access_block(body));
    return s3::public_access_block_xml(block);
}

Result<std::string> canonical_tagging(std::string_view body) {
    SLIPWAY_TRY(tags, s3::parse_tagging(body, s3::bucket_tags_max));
    return s3::tagging_xml(tags);
}

const std::array<BucketDocument, 5> documents{{
    {BucketSetting::cors, "NoSuchCORSConfiguration", s3::cors_document_bytes_max, 200,
     canonical_cors},
    {BucketSetting::lifecycle, "NoSuchLifecycleConfiguration", s3::lifecycle_document_bytes_max,
     200, canonical_lifecycle},
    {BucketSetting::ownership_controls, "OwnershipControlsNotFoundError",
     s3::small_document_bytes_max, 200, canonical_ownership},
    {BucketSetting::public_access_block, "NoSuchPublicAccessBlockConfiguration",
     s3::small_document_bytes_max, 200, canonical_public_access_block},
    {BucketSetting::tagging, "NoSuchTagSet", s3::bucket_tagging_bytes_max, 204, canonical_tagging},
}};

/// Turning ACLs off where one is public would take rights away that somebody gave on purpose.
Result<> check_ownership(const objects::BucketSettings& settings, std::string_view document) {
    SLIPWAY_TRY(ownership, s3::parse_ownership_controls(document));
    const auto acl = settings.find(BucketSetting::acl);
    return ownership == s3::bucket_owner_enforced && acl != settings.end() &&
                   rights_of(acl->second).is_public()
               ? s3::s3_fail("InvalidBucketAclWithObjectOwnership")
               : Result<>();
}

Task<http::Response> get_setting(Call& call, BucketSetting setting) {
    SLIPWAY_CO_TRY(settings, call.store.bucket_settings(call.target.bucket));
    const auto found = settings->find(setting);
    if (found == settings->end()) {
        co_return s3::s3_fail(bucket_document(setting).not_set);
    }
    co_return xml_answer(found->second);
}

Task<http::Response> put_setting(Call& call, BucketSetting setting) {
    const BucketDocument& document = bucket_document(setting);
    SLIPWAY_CO_TRY(settings, call.store.bucket_settings(call.target.bucket));
    SLIPWAY_CO_TRY(body, co_await read_document(call, document.bytes_max));
    if (body.empty()) {
        co_return s3::s3_fail("MissingRequestBodyError");
    }
    SLIPWAY_CO_TRY(canonical, document.canonical(body));
    if (setting == BucketSetting::ownership_controls) {
        SLIPWAY_CO_CHECK(check_ownership(*settings, canonical));
    }
    std::optional<std::string> value(std::move(canonical));
    SLIPWAY_CO_CHECK(
        co_await call.store.change_bucket(call.target.bucket, setting, std::move(value)));
    co_return empty_answer(document.put_status);
}

Task<http::Response> delete_setting(Call& call, BucketSetting setting) {
    SLIPWAY_CO_CHECK(co_await call.store.change_bucket(call.target.bucket, setting, std::nullopt));
    co_return empty_answer(204);
}

/// Says what Amazon does of a lifecycle that has no say in the sizes of transitions.
void write_transition_default(Result<http::Response>& response) {
    if (response) {
        response->headers.add("x-amz-transition-default-minimum-object-size",
                              "all_storage_classes_128K");
    }
}

}  // namespace

const BucketDocument& bucket_document(BucketSetting setting) {
    const auto found = std::ranges::find(documents, setting, &BucketDocument::setting);
    SLIPWAY_ASSERT(found != documents.end());
    return *found;
}

Task<http::Response> get_bucket_cors(Call& call) {
    return get_setting(call, BucketSetting::cors);
}
Task<http::Response> put_bucket_cors(Call& call) {
    return put_setting(call, BucketSetting::cors);
}
Task<http::Response> delete_bucket_cors(Call& call) {
    return delete_setting(call, BucketSetting::cors);
}

Task<http::Response> get_lifecycle(Call& call) {
    auto response = co_await get_setting(call, BucketSetting::lifecycle);
    write_transition_default(response);
    co_return response;
}
Task<http::Response> put_lifecycle(Call& call) {
    const auto size = call.header("x-amz-transition-default-minimum-object-size");
    if (!size.empty() && size != "all_storage_classes_128K") {
        co_return s3::s3_fail("NotImplemented", "Transitions are not implemented here.");
    }
    auto response = co_await put_setting(call, BucketSetting::lifecycle);
    write_transition_default(response);
    co_return response;
}
Task<http::Response> delete_lifecycle(Call& call) {
    return delete_setting(call, BucketSetting::lifecycle);
}

Task<http::Response> get_ownership(Call& call) {
    return get_setting(call, BucketSetting::ownership_controls);
}
Task<http::Response> put_ownership(Call& call) {
    return put_setting(call, BucketSetting::ownership_controls);
}
Task<http::Response> delete_ownership(Call& call) {
    return delete_setting(call, BucketSetting::ownership_controls);
}

Task<http::Response> get_access_block(Call& call) {
    return get_setting(call, BucketSetting::public_access_block);
}
Task<http::Response> put_access_block(Call& call) {
    return put_setting(call, BucketSetting::public_access_block);
}
Task<http::Response> delete_access_block(Call& call) {
    return delete_setting(call, BucketSetting::public_access_block);
}

Task<http::Response> get_bucket_tagging(Call& call) {
    return get_setting(call, BucketSetting::tagging);
}
Task<http::Response> put_bucket_tagging(Call& call) {
    return put_setting(call, BucketSetting::tagging);
}
Task<http::Response> delete_bucket_tagging(Call& call) {
    return delete_setting(call, BucketSetting::tagging);
}

}  // namespace slipway::gateway
