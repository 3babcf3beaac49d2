// SPDX-License-Identifier: Apache-2.0
#include "client/s3_client.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::client {

Task<> S3Client::remove(std::string_view bucket, std::string_view key) {
    Operation operation;
    operation.method = http::Method::delete_;
    operation.bucket = bucket;
    operation.key = key;
    std::string attempt = fmt::format("delete {}/{}", bucket, key);
    auto answer = co_await send_for_document(std::move(operation), std::move(attempt));
    // Some stores answer 404 for what is not there; S3 does not.
    if (!answer && answer.error().code != "NoSuchKey") {
        co_return fail(answer.error());
    }
    co_return Result<>();
}

}  // namespace slipway::client
