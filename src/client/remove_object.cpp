// SPDX-License-Identifier: Apache-2.0
#include "client/s3_client.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/utf8.h"
#include "s3/documents.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace slipway::client {
namespace {

/// Whether XML 1.0 has a way to write it; S3 refuses a document with what it has none for.
bool fits_xml(std::string_view key) {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r';
    };
    return codec::valid_utf8(key) && std::ranges::none_of(key, is_control) &&
           key.find("\xEF\xBF\xBE") == key.npos && key.find("\xEF\xBF\xBF") == key.npos;
}

Error to_error(std::string_view bucket, const s3::DeleteFailure& failure) {
    Error error;
    error.code = failure.code;
    if (s3::is_error_code(failure.code)) {
        const s3::ErrorCode& line = s3::find_error_code(failure.code);
        error.kind = line.kind;
        error.http_status = line.status;
    }
    error.message = fmt::format("delete {}/{}: {}", bucket, failure.key,
                                failure.message.empty() ? failure.code : failure.message);
    return error;
}

}  // namespace

Task<> S3Client::remove(std::string_view bucket, std::string_view key) {
    Operation operation(http::Method::delete_, "delete", bucket, key);
    auto answer = co_await send_for_document(std::move(operation));
    // Some stores answer 404 for what is not there; S3 does not.
    if (!answer && answer.error().code != "NoSuchKey") {
        co_return fail(answer.error());
    }
    co_return Result<>();
}

Task<std::vector<Result<>>> S3Client::remove_many(std::string_view bucket,
                                                  std::span<const std::string> keys) {
    std::vector<Result<>> outcomes(keys.size());
    s3::DeleteRequest request;
    request.quiet = true;  // what went well is not named
    std::map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (!fits_xml(keys[i])) {
            outcomes[i] = co_await remove(bucket, keys[i]);
        } else if (places.emplace(keys[i], i).second) {
            request.entries.emplace_back().key = keys[i];
        }
    }
    if (request.entries.empty()) {
        co_return outcomes;
    }
    SLIPWAY_CO_TRY(result, co_await send_removal(bucket, request));
    for (const s3::DeleteFailure& failure : result.failures) {
        const auto place = places.find(failure.key);
        if (place == places.end()) {
            co_return fail(to_error(bucket, failure));
        }
        if (failure.code != "NoSuchKey") {
            outcomes[place->second] = tl::unexpected(to_error(bucket, failure));
        }
    }
    co_return outcomes;
}

Task<s3::DeleteResult> S3Client::send_removal(std::string_view bucket,
                                              const s3::DeleteRequest& request) {
    Operation operation(http::Method::post, "delete objects of", bucket, "");
    operation.query = "delete=";
    operation.bytes = s3::delete_request_xml(request);
    operation.headers.add("Content-Type", "application/xml");
    operation.headers.add("Content-MD5", codec::base64_encode(codec::md5(operation.bytes)));
    const std::string attempt = describe(operation);
    SLIPWAY_CO_TRY(document, co_await send_for_document(std::move(operation)));
    auto result = s3::parse_delete_result(document);
    if (!result) {
        co_return fail(in_answer(attempt, std::move(result).error()));
    }
    co_return result;
}

}  // namespace slipway::client
