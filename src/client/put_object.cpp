// SPDX-License-Identifier: Apache-2.0
#include "client/object_headers.h"
#include "client/s3_client.h"
#include "client/trailer_body.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::client {
namespace {

using objects::Checksum;
using objects::ObjectInfo;
using objects::PutRequest;

Result<> add_declared(http::Headers& headers, const PutRequest& request) {
    if (!request.content_md5.empty()) {
        const auto digest = codec::hex_decode(request.content_md5);
        if (!digest || digest->size() != 16) {
            return s3::s3_fail("InvalidDigest");
        }
        headers.add("Content-MD5", codec::base64_encode(*digest));
    }
    if (request.checksum && !request.checksum->value.empty()) {
        headers.add(std::string(objects::header_name(request.checksum->algorithm)),
                    request.checksum->value);
    }
    return {};
}

/// The whole of a small body. Errors: those of the body; `IncompleteBody`.
Task<std::string> hold(BodyReader& body, std::uint64_t size) {
    SLIPWAY_CO_TRY(bytes, co_await read_all(body, static_cast<std::size_t>(size)));
    if (bytes.size() != size) {
        co_return s3::s3_fail("IncompleteBody", fmt::format("the body ended after {} of {} bytes",
                                                            bytes.size(), size));
    }
    co_return bytes;
}

}  // namespace

Task<ObjectInfo> S3Client::put(const PutRequest& request, BodyReader& body) {
    std::string attempt = fmt::format("put {}/{}", request.bucket, request.key);
    const auto size = body.size();
    if (!size) {
        co_return s3::s3_fail("MissingContentLength",
                              attempt + ": S3 has to know the size before the first byte");
    }
    if (*size > s3::single_put_bytes_max) {
        co_return s3::s3_fail(
            "EntityTooLarge",
            fmt::format("{}: {} bytes are more than S3 takes in one request", attempt, *size));
    }
    Operation operation;
    operation.method = http::Method::put;
    operation.bucket = request.bucket;
    operation.key = request.key;
    add_attributes(operation.headers, request.attributes);
    add_conditions(operation.headers, request.conditions);
    SLIPWAY_CO_CHECK(add_declared(operation.headers, request));
    if (!request.content_sha256.empty()) {
        operation.payload_hash = request.content_sha256;
    }
    // A checksum to be computed goes before a body that is held, and after one that is streamed.
    const bool compute = request.checksum && request.checksum->value.empty();
    std::optional<TrailerBody> trailer;
    if (*size <= limits::client_held_body_bytes_max) {
        SLIPWAY_CO_TRY(bytes, co_await hold(body, *size));
        if (compute) {
            operation.headers.add(std::string(objects::header_name(request.checksum->algorithm)),
                                  objects::checksum_of(request.checksum->algorithm, bytes).value);
        }
        operation.bytes = std::move(bytes);
    } else if (compute) {
        trailer.emplace(body, *size, request.checksum->algorithm);
        trailer->add_headers(operation.headers);
        operation.payload_hash = TrailerBody::payload_hash;
        operation.reader = &*trailer;
    } else {
        operation.reader = &body;
    }
    SLIPWAY_CO_TRY(response, co_await send(std::move(operation), std::move(attempt)));
    ObjectInfo info;
    info.key = request.key;
    info.size = *size;
    info.etag = without_quotes(response.headers.get("ETag"));
    info.last_modified = clock_.now();  // S3 does not say; a HEAD would
    info.attributes = request.attributes;
    info.checksum = read_checksum(response.headers);
    if (!info.checksum && request.checksum && !request.checksum->value.empty()) {
        info.checksum = request.checksum;  // S3 verified it, or it would have refused
    }
    co_return info;
}

}  // namespace slipway::client
