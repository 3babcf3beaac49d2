// SPDX-License-Identifier: Apache-2.0
#include "client/s3_client.h"
#include "s3/documents.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::client {

using objects::BucketInfo;

Task<> S3Client::create_bucket(std::string_view bucket) {
    Operation operation(http::Method::put, "create bucket", bucket, "");
    // us-east-1 is named by not naming it ("CreateBucket", Amazon S3 API Reference, 2026-11).
    if (endpoint_.region != "us-east-1") {
        operation.bytes = s3::create_bucket_xml(endpoint_.region);
    }
    SLIPWAY_CO_CHECK(co_await send_for_document(std::move(operation)));
    co_return Result<>();
}

Task<BucketInfo> S3Client::head_bucket(std::string_view bucket) {
    auto response = co_await send(Operation(http::Method::head, "head bucket", bucket, ""));
    if (!response) {
        Error error = std::move(response).error();
        if (error.http_status == 404) {
            error.kind = ErrorKind::not_found;
            error.code = "NoSuchBucket";
            error.message = fmt::format("no such bucket: {}", bucket);
        }
        co_return fail(std::move(error));
    }
    BucketInfo info;
    info.name = bucket;
    co_return info;
}

Task<> S3Client::remove_bucket(std::string_view bucket) {
    Operation operation(http::Method::delete_, "delete bucket", bucket, "");
    SLIPWAY_CO_CHECK(co_await send_for_document(std::move(operation)));
    co_return Result<>();
}

Task<std::vector<BucketInfo>> S3Client::list_buckets() {
    Operation operation(http::Method::get, "list buckets", "", "");
    SLIPWAY_CO_TRY(document, co_await send_for_document(std::move(operation)));
    auto listed = s3::parse_list_buckets(document);
    if (!listed) {
        co_return fail(in_answer("list buckets", std::move(listed).error()));
    }
    std::vector<BucketInfo> buckets;
    for (const s3::ListedBucket& bucket : listed->buckets) {
        buckets.push_back(BucketInfo{bucket.name, bucket.created});
    }
    co_return buckets;
}

}  // namespace slipway::client
