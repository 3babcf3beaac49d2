// SPDX-License-Identifier: Apache-2.0
// PutObject and UploadPart: the requests that carry bytes.
#include "client/object_headers.h"
#include "client/s3_client.h"
#include "client/trailer_body.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/percent.h"
#include "objects/retry.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::client {
namespace {

using objects::Checksum;
using objects::ObjectInfo;
using objects::PartInfo;

Result<> add_md5(http::Headers& headers, const std::string& md5) {
    if (md5.empty()) {
        return {};
    }
    const auto digest = codec::hex_decode(md5);
    if (!digest || digest->size() != 16) {
        return s3::s3_fail("InvalidDigest");
    }
    headers.add("Content-MD5", codec::base64_encode(*digest));
    return {};
}

void add_checksum(http::Headers& headers, const Checksum& checksum) {
    headers.add(std::string(objects::header_name(checksum.algorithm)), checksum.value);
}

Checksum checksum_of(objects::ChecksumAlgorithm algorithm, std::span<const Chunk> chunks) {
    objects::RunningChecksum running(algorithm);
    for (const Chunk& chunk : chunks) {
        running.update(chunk.bytes());
    }
    return running.finish();
}

/// What is no S3 (a portal, a wrong port) may say 200 to everything; nothing is stored then.
Result<> check_answer(const net::ClientResponse& response,
                      std::string_view bucket,
                      std::string_view key) {
    if (response.headers.find("ETag") != nullptr) {
        return {};
    }
    return fail(ErrorKind::unsupported,
                fmt::format("put {}/{}: the answer has no ETag, so it is not that of an S3: is the "
                            "endpoint's address right?",
                            bucket, key));
}

Result<PartInfo> part_in_answer(const net::ClientResponse& answer,
                                const objects::PutPartRequest& request,
                                std::uint64_t size) {
    SLIPWAY_CHECK(check_answer(answer, request.upload.bucket, request.upload.key));
    PartInfo info;
    info.number = request.number;
    info.size = size;
    info.etag = without_quotes(answer.headers.get("ETag"));
    info.checksum = read_checksum(answer.headers);
    return info;
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

Result<std::uint64_t> S3Client::size_to_send(const Operation& operation, const BodyReader& body) {
    const auto size = body.size();
    if (!size) {
        return s3::s3_fail("MissingContentLength",
                           describe(operation) + ": S3 has to know the size before the first byte");
    }
    if (*size > s3::single_put_bytes_max) {
        return s3::s3_fail("EntityTooLarge",
                           fmt::format("{}: {} bytes are more than S3 takes in one request",
                                       describe(operation), *size));
    }
    return *size;
}

Task<net::ClientResponse> S3Client::send_body(Operation operation,
                                              BodyReader& body,
                                              std::uint64_t size,
                                              const std::optional<Checksum>& checksum) {
    // A checksum to be computed goes before a body that is held, and after one that is streamed.
    const bool compute = checksum && checksum->value.empty();
    if (checksum && !compute) {
        add_checksum(operation.headers, *checksum);
    }
    if (const auto held = body.held()) {
        operation.reader = &body;
        if (compute) {
            add_checksum(operation.headers, checksum_of(checksum->algorithm, *held));
        }
    } else if (size <= limits::client_held_body_bytes_max && !body.slice()) {
        SLIPWAY_CO_TRY(bytes, co_await hold(body, size));
        if (compute) {
            add_checksum(operation.headers, objects::checksum_of(checksum->algorithm, bytes));
        }
        operation.bytes = std::move(bytes);
    } else if (compute) {
        TrailerBody trailer(body, size, checksum->algorithm);
        co_return co_await send_with_trailer(std::move(operation), trailer);
    } else {
        operation.reader = &body;
    }
    co_return co_await send(std::move(operation));
}

Task<net::ClientResponse> S3Client::send_with_trailer(Operation operation, TrailerBody& trailer) {
    trailer.add_headers(operation.headers);
    operation.payload_hash = TrailerBody::payload_hash;
    operation.reader = &trailer;
    co_return co_await send(std::move(operation));
}

Task<ObjectInfo> S3Client::put(const objects::PutRequest& request, BodyReader& body) {
    Operation operation(http::Method::put, "put", request.bucket, request.key);
    SLIPWAY_CO_TRY(size, size_to_send(operation, body));
    add_attributes(operation.headers, request.attributes);
    add_conditions(operation.headers, request.conditions);
    SLIPWAY_CO_CHECK(add_md5(operation.headers, request.content_md5));
    if (!request.content_sha256.empty()) {
        operation.payload_hash = request.content_sha256;
    }
    SLIPWAY_CO_TRY(response,
                   co_await send_body(std::move(operation), body, size, request.checksum));
    SLIPWAY_CO_CHECK(check_answer(response, request.bucket, request.key));
    ObjectInfo info;
    info.key = request.key;
    info.size = size;
    info.etag = without_quotes(response.headers.get("ETag"));
    info.last_modified = clock_.now();  // S3 does not say; a HEAD would
    info.attributes = request.attributes;
    info.checksum = read_checksum(response.headers);
    co_return info;
}

Task<PartInfo> S3Client::put_part(const objects::PutPartRequest& request, BodyReader& body) {
    const objects::MultipartUpload& upload = request.upload;
    Operation operation(http::Method::put, "put part of", upload.bucket, upload.key);
    if (request.number < 1 || request.number > s3::parts_max) {
        co_return s3::s3_fail("InvalidArgument",
                              fmt::format("{}: part number {} is none of 1 to {}",
                                          describe(operation), request.number, s3::parts_max));
    }
    SLIPWAY_CO_TRY(size, size_to_send(operation, body));
    operation.query = fmt::format("partNumber={}&uploadId=", request.number);
    codec::append_percent_encoded(operation.query, upload.upload_id, false);
    SLIPWAY_CO_CHECK(add_md5(operation.headers, request.content_md5));
    auto checksum = request.checksum;
    if (request.read_checksum) {
        // Over TLS the bytes pass through our hands anyhow, so they are read once where the store
        // takes the checksum after them. Else the system sends a file without our reading it.
        const auto trailer = endpoint_.origin.tls ? trailers_.ask() : TrailerTrial::Use::no;
        if (trailer != TrailerTrial::Use::no) {
            SLIPWAY_CO_TRY(sent,
                           co_await put_part_with_trailer(operation, request, body,
                                                          trailer == TrailerTrial::Use::trial));
            if (sent) {
                co_return *std::move(sent);
            }
        }
        SLIPWAY_CO_TRY(read, co_await request.read_checksum());
        checksum = std::move(read);
    }
    SLIPWAY_CO_TRY(response, co_await send_body(std::move(operation), body, size, checksum));
    co_return part_in_answer(response, request, size);
}

/// Nothing: it was a trial, and the part has to go in the old way.
Task<std::optional<PartInfo>> S3Client::put_part_with_trailer(
    Operation operation, const objects::PutPartRequest& request, BodyReader& body, bool trial) {
    const std::uint64_t size = *body.size();
    TrailerBody trailer(body, size, request.checksum->algorithm);
    const auto response = co_await send_with_trailer(std::move(operation), trailer);
    if (!response) {
        const int status = response.error().http_status;
        const bool refused = status >= 400 && !objects::is_temporary(response.error());
        if (trial && refused) {
            co_return std::nullopt;
        }
        co_return fail(response.error());
    }
    SLIPWAY_CO_TRY(info, part_in_answer(*response, request, size));
    SLIPWAY_CO_CHECK(objects::check_stored(trailer.checksum(), info.checksum));
    const bool said = info.checksum == trailer.checksum();
    info.checksum = trailer.checksum();
    if (trial) {
        if (!said && !co_await has_part(request.upload, info)) {
            co_return std::nullopt;
        }
        trailers_.succeeded();
    }
    co_return info;
}

/// Whether the store lists the part with its size and checksum.
Async<bool> S3Client::has_part(const objects::MultipartUpload& upload, const PartInfo& part) {
    objects::ListPartsRequest request;
    request.upload = upload;
    request.number_marker = part.number - 1;
    request.parts_max = 1;
    const auto listed = co_await list_parts(request);
    co_return listed && !listed->parts.empty() && listed->parts.front() == part;
}

}  // namespace slipway::client
