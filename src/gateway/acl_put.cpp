// SPDX-License-Identifier: Apache-2.0
// PutBucketAcl, PutObjectAcl
#include "gateway/acl.h"
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "s3/acl.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <utility>

namespace slipway::gateway {
namespace {

/// The ACL that the headers name, or the document.
Task<std::string> read_wanted_acl(Call& call) {
    SLIPWAY_CO_TRY(in_headers, read_acl(call));
    SLIPWAY_CO_TRY(document, co_await read_document(call, s3::small_document_bytes_max));
    if (!in_headers.empty() && !document.empty()) {
        co_return s3::s3_fail("UnexpectedContent",
                              "An ACL is given by headers or as a document, not both.");
    }
    if (!in_headers.empty()) {
        co_return in_headers;  // authorize() has looked at these
    }
    if (document.empty()) {
        co_return s3::s3_fail("MissingSecurityHeader",
                              "Your request was missing a required header: x-amz-acl, or an "
                              "AccessControlPolicy as its body.");
    }
    SLIPWAY_CO_TRY(grants, s3::parse_acl(document, call.options.owner));
    SLIPWAY_CO_TRY(canned, s3::canned_acl_of(grants, call.options.owner));
    SLIPWAY_CO_TRY(settings, call.store.bucket_settings(call.target.bucket));
    SLIPWAY_CO_CHECK(check_acl_allowed(*settings, canned));
    co_return canned;
}

}  // namespace

Task<http::Response> put_bucket_acl(Call& call) {
    SLIPWAY_CO_CHECK(co_await call.store.head_bucket(call.target.bucket));
    SLIPWAY_CO_TRY(acl, co_await read_wanted_acl(call));
    std::optional<std::string> value(std::move(acl));
    SLIPWAY_CO_CHECK(co_await call.store.change_bucket(
        call.target.bucket, objects::BucketSetting::acl, std::move(value)));
    co_return empty_answer(200);
}

Task<http::Response> put_object_acl(Call& call) {
    objects::GetRequest wanted;
    wanted.bucket = call.target.bucket;
    wanted.key = call.target.key;
    SLIPWAY_CO_CHECK(co_await call.store.head(wanted));
    objects::ObjectChange change;
    SLIPWAY_CO_TRY(acl, co_await read_wanted_acl(call));
    change.acl = std::move(acl);
    SLIPWAY_CO_CHECK(
        co_await call.store.change_object(call.target.bucket, call.target.key, change));
    co_return empty_answer(200);
}

}  // namespace slipway::gateway
