// SPDX-License-Identifier: Apache-2.0
// CreateBucket
#include "gateway/acl.h"
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "s3/bucket_documents.h"
#include "s3/documents.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

namespace slipway::gateway {

Task<http::Response> create_bucket(Call& call) {
    SLIPWAY_CO_TRY(document, co_await read_document(call, s3::small_document_bytes_max));
    SLIPWAY_CO_TRY(region, s3::parse_create_bucket(document));
    if (!region.empty() && region != call.options.region) {
        co_return s3::s3_fail("IllegalLocationConstraintException",
                              fmt::format("The {} location constraint is incompatible for the "
                                          "region specific endpoint this request was sent to, "
                                          "which is {}.",
                                          region, call.options.region));
    }
    SLIPWAY_CO_TRY(acl, read_acl(call));
    const std::string ownership(call.header("x-amz-object-ownership"));
    if (!ownership.empty() && !s3::is_object_ownership(ownership)) {
        co_return s3::s3_fail("InvalidArgument", "Invalid x-amz-object-ownership header");
    }
    if (ownership == s3::bucket_owner_enforced && rights_of(acl).is_public()) {
        co_return s3::s3_fail("InvalidBucketAclWithObjectOwnership");
    }
    // Where S3 began it takes a bucket that is there already, and only its ACL is made anew
    // ("CreateBucket" of the API reference, read 2026-11).
    const auto made = co_await call.store.create_bucket(call.target.bucket);
    const bool was_there = !made && made.error().code == "BucketAlreadyOwnedByYou";
    if (!made && !(was_there && call.options.region == "us-east-1")) {
        co_return fail(made.error());
    }
    if (was_there) {
        SLIPWAY_CO_CHECK(co_await call.store.change_bucket(
            call.target.bucket, objects::BucketSetting::acl, std::nullopt));
    }
    // First what takes rights away, so that a crash between leaves nobody more than was meant.
    if (!ownership.empty()) {
        std::optional<std::string> value(s3::ownership_controls_xml(ownership));
        SLIPWAY_CO_CHECK(co_await call.store.change_bucket(
            call.target.bucket, objects::BucketSetting::ownership_controls, std::move(value)));
    }
    if (!acl.empty() && acl != "private") {
        std::optional<std::string> value(std::move(acl));
        SLIPWAY_CO_CHECK(co_await call.store.change_bucket(
            call.target.bucket, objects::BucketSetting::acl, std::move(value)));
    }
    http::Response response = empty_answer(200);
    response.headers.add("Location", "/" + call.target.bucket);
    co_return response;
}

}  // namespace slipway::gateway
