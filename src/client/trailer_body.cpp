// SPDX-License-Identifier: Apache-2.0
#include "client/trailer_body.h"

#include "s3/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace slipway::client {
namespace {

// As boto3 does it; a head for less would be another TLS record.
constexpr std::uint64_t piece_bytes = 1024 * 1024;

std::uint64_t framed_size(std::uint64_t size) {
    // "100000\r\n" before and "\r\n" after each piece.
    const std::uint64_t last = size % piece_bytes;
    std::uint64_t framed = size / piece_bytes * (fmt::formatted_size("{:x}", piece_bytes) + 4);
    if (last > 0) {
        framed += fmt::formatted_size("{:x}", last) + 4;
    }
    return size + framed;
}

}  // namespace

TrailerBody::TrailerBody(BodyReader& body, std::uint64_t size, objects::ChecksumAlgorithm algorithm)
    : body_(body), size_(size), checksum_(algorithm), left_(size) {
}

void TrailerBody::add_headers(http::Headers& headers) const {
    const std::string_view own = headers.get("Content-Encoding");
    headers.set("Content-Encoding",
                own.empty() ? "aws-chunked" : "aws-chunked," + std::string(own));
    headers.add("x-amz-trailer", std::string(objects::header_name(checksum_.algorithm())));
    headers.add("x-amz-decoded-content-length", std::to_string(size_));
    headers.set("x-amz-content-sha256", std::string(payload_hash));
}

std::optional<std::uint64_t> TrailerBody::size() const {
    const std::size_t digits =
        (objects::digest_bytes(checksum_.algorithm()) + 2) / 3 * 4;  // base64
    const std::size_t trailer = std::string_view("0\r\n:\r\n\r\n").size() +
                                objects::header_name(checksum_.algorithm()).size() + digits;
    return framed_size(size_) + trailer;
}

Task<Chunk> TrailerBody::read() {
    if (left_ == 0) {
        co_return end_piece();
    }
    if (piece_left_ == 0) {
        piece_left_ = std::min(left_, piece_bytes);
        // The end of the piece before goes with the head of this one.
        co_return Chunk::copy_of(
            fmt::format("{}{:x}\r\n", left_ == size_ ? "" : "\r\n", piece_left_));
    }
    co_return co_await next_data();
}

/// Bytes of the body, no more than belong into the piece that was begun.
Task<Chunk> TrailerBody::next_data() {
    Chunk chunk;
    if (rest_.empty()) {
        SLIPWAY_CO_TRY(fresh, co_await body_.read());
        if (fresh.empty() || fresh.size() > left_) {
            co_return s3::s3_fail("IncompleteBody",
                                  fmt::format("the body brought {} than its {} bytes",
                                              fresh.empty() ? "less" : "more", size_));
        }
        checksum_.update(fresh.text());
        if (fresh.size() > piece_left_) {
            rest_ = fresh.text().substr(piece_left_);
            fresh.resize(static_cast<std::size_t>(piece_left_));
        }
        chunk = std::move(fresh);
    } else {
        const auto take =
            static_cast<std::size_t>(std::min<std::uint64_t>(rest_.size(), piece_left_));
        chunk = Chunk::copy_of(std::string_view(rest_).substr(0, take));
        rest_.erase(0, take);
    }
    piece_left_ -= chunk.size();
    left_ -= chunk.size();
    co_return chunk;
}

Chunk TrailerBody::end_piece() {
    if (std::exchange(ended_, true)) {
        return Chunk();
    }
    computed_ = checksum_.finish();
    return Chunk::copy_of(fmt::format("{}0\r\n{}:{}\r\n\r\n", size_ == 0 ? "" : "\r\n",
                                      objects::header_name(computed_.algorithm), computed_.value));
}

}  // namespace slipway::client
