// SPDX-License-Identifier: Apache-2.0
#include "client/s3_client.h"

#include <utility>

namespace slipway::client {

Task<> S3Client::remove(std::string_view bucket, std::string_view key) {
    Operation operation(http::Method::delete_, "delete", bucket, key);
    auto answer = co_await send_for_document(std::move(operation));
    // Some stores answer 404 for what is not there; S3 does not.
    if (!answer && answer.error().code != "NoSuchKey") {
        co_return fail(answer.error());
    }
    co_return Result<>();
}

}  // namespace slipway::client
