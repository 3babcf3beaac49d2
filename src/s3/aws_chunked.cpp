// SPDX-License-Identifier: Apache-2.0
#include "s3/aws_chunked.h"

#include "base/secret.h"
#include "codec/hex.h"
#include "codec/time.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace slipway::s3 {
namespace {

constexpr std::string_view signature_extension = "chunk-signature=";
constexpr std::string_view trailer_signature_name = "x-amz-trailer-signature";

tl::unexpected<Error> malformed(std::string_view what) {
    return s3_fail("InvalidRequest", fmt::format("The aws-chunked body is malformed: {}.", what));
}

/// Whether headers follow the last chunk.
bool has_trailer(PayloadKind kind) {
    return kind == PayloadKind::streaming_signed_trailer ||
           kind == PayloadKind::streaming_unsigned_trailer;
}

}  // namespace

// --- signatures ----------------------------------------------------------------------------------

ChunkSigner::ChunkSigner(const SigningKey& key, Time date, std::string seed)
    : key_(key), amz_date_(codec::amz_date(date)), previous_(std::move(seed)) {
}

const std::string& ChunkSigner::sign_chunk(const codec::Sha256::Value& digest) {
    std::string text = fmt::format("AWS4-HMAC-SHA256-PAYLOAD\n{}\n{}\n{}\n{}\n", amz_date_,
                                   key_.scope(), previous_, empty_payload_hash);
    codec::append_hex(text, digest);
    previous_.clear();
    key_.append_text_signature(previous_, text);
    return previous_;
}

const std::string& ChunkSigner::sign_trailer(std::string_view trailer) {
    std::string text =
        fmt::format("AWS4-HMAC-SHA256-TRAILER\n{}\n{}\n{}\n", amz_date_, key_.scope(), previous_);
    codec::append_hex(text, codec::sha256(trailer));
    previous_.clear();
    key_.append_text_signature(previous_, text);
    return previous_;
}

// --- decoding ------------------------------------------------------------------------------------

AwsChunkedDecoder::AwsChunkedDecoder(PayloadKind kind,
                                     std::uint64_t decoded_bytes,
                                     std::optional<ChunkSigner> signer)
    : kind_(kind), decoded_left_(decoded_bytes), signer_(std::move(signer)) {
}

Result<std::size_t> AwsChunkedDecoder::decode(std::span<std::byte> bytes) {
    std::size_t decoded = 0;
    std::size_t position = 0;
    while (position < bytes.size()) {
        if (state_ != State::chunk_bytes) {
            SLIPWAY_CHECK(take_line_byte(static_cast<char>(bytes[position])));
            ++position;
            continue;
        }
        const std::size_t take =
            static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size() - position, chunk_left_));
        const auto piece = bytes.subspan(position, take);
        if (signer_) {
            digest_.update(piece);
        }
        std::memmove(bytes.data() + decoded, piece.data(), take);
        decoded += take;
        position += take;
        chunk_left_ -= take;
        if (chunk_left_ == 0) {
            state_ = State::chunk_end;
        }
    }
    return decoded;
}

/// One byte outside of a chunk's bytes: these are lines.
Result<> AwsChunkedDecoder::take_line_byte(char c) {
    if (state_ == State::done) {
        // Some clients (minio-go, seen 2026-11) end with one empty line too many.
        return c == '\r' || c == '\n' ? Result<>() : malformed("it goes on after its end");
    }
    if (c != '\n') {
        line_ += c;
        return line_.size() <= aws_chunked_line_bytes_max ? Result<>()
                                                          : malformed("a line is too long");
    }
    if (line_.ends_with('\r')) {
        line_.pop_back();
    } else if (state_ != State::trailer) {
        return malformed("a line does not end with CR LF");
    }
    SLIPWAY_CHECK(end_line());
    line_.clear();
    return {};
}

Result<> AwsChunkedDecoder::end_line() {
    switch (state_) {
        case State::chunk_head:
            return end_chunk_head();
        case State::chunk_end:
            return end_chunk();
        case State::trailer:
            return end_trailer_line();
        case State::chunk_bytes:
        case State::done:
            break;
    }
    return {};
}

/// "2000;chunk-signature=ad80c730..."
Result<> AwsChunkedDecoder::end_chunk_head() {
    const std::string_view line = line_;
    const std::string_view size_text = line.substr(0, line.find(';'));
    std::string_view extension = line.substr(std::min(size_text.size() + 1, line.size()));
    std::uint64_t size = 0;
    const auto read =
        std::from_chars(size_text.data(), size_text.data() + size_text.size(), size, 16);
    if (read.ec != std::errc() || read.ptr != size_text.data() + size_text.size()) {
        return malformed("a chunk's size is no hexadecimal number");
    }
    if (signer_) {
        if (!extension.starts_with(signature_extension)) {
            return malformed("a chunk has no chunk-signature");
        }
        chunk_signature_ = extension.substr(signature_extension.size());
        digest_ = codec::Sha256();
    }
    if (size > decoded_left_ || (size == 0 && decoded_left_ > 0)) {
        return s3_fail("IncompleteBody",
                       "The chunks carry another number of bytes than x-amz-decoded-content-length "
                       "says.");
    }
    decoded_left_ -= size;
    chunk_left_ = size;
    last_chunk_ = size == 0;
    if (!last_chunk_) {
        state_ = State::chunk_bytes;
    } else if (has_trailer(kind_)) {
        state_ = State::trailer;
        return check_chunk();
    } else {
        state_ = State::chunk_end;
    }
    return {};
}

Result<> AwsChunkedDecoder::end_chunk() {
    if (!line_.empty()) {
        return malformed("a chunk is longer than it says");
    }
    state_ = last_chunk_ ? State::done : State::chunk_head;
    return check_chunk();
}

Result<> AwsChunkedDecoder::check_chunk() {
    return signer_ ? check_signature(chunk_signature_, signer_->sign_chunk(digest_.finish()))
                   : Result<>();
}

/// "x-amz-checksum-crc32c:sOO8/Q==". An empty line is the end, but where a signature is due that
/// comes first, after an empty line or not.
Result<> AwsChunkedDecoder::end_trailer_line() {
    if (line_.empty()) {
        return signer_ && trailer_signature_.empty() ? Result<>() : finish_trailer();
    }
    trailer_bytes_ += line_.size();
    const std::string_view line = line_;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 ||
        trailer_bytes_ > aws_chunked_trailer_bytes_max) {
        return malformed("its trailing headers are none, or too long");
    }
    const std::string_view name = http::trimmed(line.substr(0, colon));
    const std::string_view value = http::trimmed(line.substr(colon + 1));
    if (http::equal_ignoring_case(name, trailer_signature_name)) {
        trailer_signature_ = value;
    } else {
        trailer_.push_back(http::Header{std::string(name), std::string(value)});
    }
    return {};
}

Result<> AwsChunkedDecoder::finish_trailer() {
    if (signer_) {
        std::string text;
        for (const http::Header& header : trailer_) {
            text.append(header.name).append(":").append(header.value).append("\n");
        }
        SLIPWAY_CHECK(check_signature(trailer_signature_, signer_->sign_trailer(text)));
    }
    state_ = State::done;
    return {};
}

Result<> AwsChunkedDecoder::check_signature(std::string_view claimed,
                                            const std::string& right) const {
    return equal_in_constant_time(claimed, right)
               ? Result<>()
               : s3_fail("SignatureDoesNotMatch",
                         "The signature of a chunk or trailer does not match what it carries.");
}

}  // namespace slipway::s3
