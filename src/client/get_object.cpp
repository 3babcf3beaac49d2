// SPDX-License-Identifier: Apache-2.0
#include "client/object_headers.h"
#include "client/s3_client.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace slipway::client {
namespace {

using objects::ByteRange;
using objects::GetRequest;
using objects::GetResult;
using objects::ObjectInfo;

std::string range_text(const ByteRange& range) {
    if (range.suffix) {
        return fmt::format("bytes=-{}", *range.suffix);
    }
    return fmt::format("bytes={}-{}", range.first.value_or(0),
                       range.last ? std::to_string(*range.last) : "");
}

bool take_number(std::string_view& text, std::uint64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return error == std::errc();
}

bool take(std::string_view& text, std::string_view word) {
    const bool there = text.starts_with(word);
    text.remove_prefix(there ? word.size() : 0);
    return there;
}

/// Where the bytes of an answer lie in their object.
struct Extent {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint64_t object_size = 0;
};

/// "bytes 0-99/1234"
Result<Extent> read_content_range(std::string_view text) {
    Extent extent;
    std::uint64_t last = 0;
    std::string_view rest = text;
    const bool read = take(rest, "bytes ") && take_number(rest, extent.offset) && take(rest, "-") &&
                      take_number(rest, last) && take(rest, "/") &&
                      take_number(rest, extent.object_size) && rest.empty();
    if (!read || last < extent.offset || last >= extent.object_size) {
        return fail(ErrorKind::corrupted, fmt::format("not a Content-Range: '{}'", text));
    }
    extent.length = last - extent.offset + 1;
    return extent;
}

Result<Extent> read_extent(const net::ClientResponse& response) {
    if (response.status == 206) {
        return read_content_range(response.headers.get("Content-Range"));
    }
    std::string_view text = response.headers.get("Content-Length");
    Extent extent;
    if (!take_number(text, extent.length) || !text.empty()) {
        return fail(ErrorKind::corrupted, "the answer does not say how long the object is");
    }
    extent.object_size = extent.length;
    return extent;
}

Result<GetResult> read_answer(const GetRequest& request, const net::ClientResponse& response) {
    GetResult result;
    SLIPWAY_TRY(info, read_object_headers(response.headers));
    SLIPWAY_TRY(extent, read_extent(response));
    result.info = std::move(info);
    result.info.key = request.key;
    result.info.size = extent.object_size;
    result.offset = extent.offset;
    result.length = extent.length;
    result.partial = response.status == 206;
    return result;
}

}  // namespace

Task<net::ClientResponse> S3Client::send_read(http::Method method, const GetRequest& request) {
    Operation operation(method, method == http::Method::head ? "head" : "get", request.bucket,
                        request.key);
    operation.headers.add("x-amz-checksum-mode", "ENABLED");
    add_conditions(operation.headers, request.conditions);
    if (request.range) {
        operation.headers.add("Range", range_text(*request.range));
    }
    co_return co_await send(std::move(operation));
}

Task<GetResult> S3Client::get(const GetRequest& request) {
    SLIPWAY_CO_TRY(response, co_await send_read(http::Method::get, request));
    SLIPWAY_CO_TRY(result, read_answer(request, response));
    result.body = std::move(response.body);
    co_return result;
}

Task<ObjectInfo> S3Client::head(const GetRequest& request) {
    auto response = co_await send_read(http::Method::head, request);
    if (!response && response.error().http_status == 404 && response.error().code.empty()) {
        // The answer has no words, so it does not say which of the two is missing.
        auto bucket = co_await head_bucket(request.bucket);
        if (!bucket && bucket.error().code == "NoSuchBucket") {
            co_return fail(bucket.error());
        }
        response.error().kind = ErrorKind::not_found;
        response.error().code = "NoSuchKey";
        response.error().message =
            fmt::format("no such object: {}/{}", request.bucket, request.key);
    }
    if (!response) {
        co_return fail(response.error());
    }
    SLIPWAY_CO_TRY(result, read_answer(request, *response));
    co_return std::move(result.info);
}

}  // namespace slipway::client
