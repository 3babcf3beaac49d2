// SPDX-License-Identifier: Apache-2.0
#include "gateway/payload.h"

#include "base/assert.h"
#include "gateway/integrity.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <utility>

namespace slipway::gateway {
namespace {

constexpr std::string_view length_header = "x-amz-decoded-content-length";

Result<std::uint64_t> read_decoded_length(const Call& call) {
    const std::string_view text = call.header(length_header);
    if (text.empty()) {
        return s3::s3_fail("MissingContentLength",
                           fmt::format("You must provide the {} HTTP header.", length_header));
    }
    std::uint64_t length = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), length);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
        return s3::s3_fail("InvalidArgument",
                           fmt::format("{} must be a number of bytes.", length_header));
    }
    return length;
}

}  // namespace

AwsChunkedBody::AwsChunkedBody(BodyReader& body,
                               s3::AwsChunkedDecoder decoder,
                               std::uint64_t decoded_bytes,
                               std::optional<objects::ChecksumAlgorithm> trailer_checksum)
    : body_(body), decoder_(std::move(decoder)), decoded_bytes_(decoded_bytes) {
    if (trailer_checksum) {
        checksum_.emplace(*trailer_checksum);
    }
}

Task<Chunk> AwsChunkedBody::read() {
    if (failure_) {
        co_return fail(*failure_);
    }
    auto piece = co_await read_piece();
    if (!piece) {
        failure_ = piece.error();
    }
    co_return piece;
}

Task<Chunk> AwsChunkedBody::read_piece() {
    while (!checked_) {
        SLIPWAY_CO_TRY(chunk, co_await body_.read());
        if (chunk.empty()) {
            co_return s3::s3_fail("IncompleteBody",
                                  "The body ended before its last aws-chunked chunk.");
        }
        const std::span<std::byte> bytes(chunk.data(), chunk.size());
        SLIPWAY_CO_TRY(count, decoder_.decode(bytes));
        if (checksum_) {
            checksum_->update(bytes.first(count));
        }
        decoded_ += count;
        if (decoder_.done()) {
            SLIPWAY_CO_CHECK(check_trailer());
            checked_ = true;
        } else if (count > 0 && decoded_ == decoded_bytes_) {
            --count;
            held_back_ = static_cast<char>(bytes[count]);
        }
        if (count > 0) {
            chunk.resize(count);
            co_return chunk;
        }
    }
    Chunk rest = Chunk::copy_of(held_back_);
    held_back_.clear();
    co_return rest;
}

Result<> AwsChunkedBody::check_trailer() {
    if (!checksum_) {
        return {};
    }
    const objects::Checksum right = checksum_->finish();
    const std::string_view name = objects::header_name(right.algorithm);
    for (const http::Header& header : decoder_.trailer()) {
        if (http::equal_ignoring_case(header.name, name)) {
            return header.value == right.value
                       ? Result<>()
                       : s3::s3_fail("BadDigest",
                                     fmt::format("The {} you specified did not match the "
                                                 "calculated checksum.",
                                                 objects::to_string(right.algorithm)));
        }
    }
    return s3::s3_fail("InvalidRequest",
                       fmt::format("The trailing header {} that x-amz-trailer announced did not "
                                   "come.",
                                   name));
}

Result<std::unique_ptr<BodyReader>> decode_payload(const Call& call) {
    const s3::PayloadKind kind = call.claim.payload_kind;
    if (kind == s3::PayloadKind::unsigned_payload || kind == s3::PayloadKind::sha256) {
        return nullptr;
    }
    SLIPWAY_TRY(length, read_decoded_length(call));
    SLIPWAY_TRY(integrity, read_integrity(call));
    std::optional<objects::ChecksumAlgorithm> in_trailer;
    if (integrity.checksum && integrity.checksum->value.empty()) {
        in_trailer = integrity.checksum->algorithm;
    }
    std::optional<s3::ChunkSigner> signer;
    if (kind != s3::PayloadKind::streaming_unsigned_trailer) {
        const auto day = std::chrono::floor<std::chrono::days>(call.claim.date);
        SLIPWAY_ASSERT(call.key != nullptr);
        signer.emplace(call.key->signer.signing_key(day), call.claim.date, call.claim.signature);
    }
    s3::AwsChunkedDecoder decoder(kind, length, std::move(signer));
    return std::make_unique<AwsChunkedBody>(call.body, std::move(decoder), length, in_trailer);
}

}  // namespace slipway::gateway
