// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "http/headers.h"
#include "s3/sigv4.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::s3 {

/// The signatures of a body's chunks, each over its bytes and the signature before.
/// Source: AWS, "Signature calculations for the authorization header: transferring payload in
/// multiple chunks", with and without trailing headers (vectors in the test, checked 2026-11).
class ChunkSigner {
  public:
    /// `key` outlives the signer. `seed` is the signature of the request's headers.
    ChunkSigner(const SigningKey& key, Time date, std::string seed);

    /// The signature of the next chunk, from the SHA-256 of its bytes.
    const std::string& sign_chunk(const codec::Sha256::Value& digest);
    /// That of the trailing headers, "name:value\n" each.
    const std::string& sign_trailer(std::string_view trailer);

  private:
    const SigningKey& key_;
    std::string amz_date_;
    std::string previous_;
};

/// Takes the aws-chunked coding off a body as it comes: "5;chunk-signature=...\r\nhello\r\n".
///
/// Pure. Bytes of a chunk are handed out before its signature is known to be right; who uses them
/// must be able to drop them until done().
class AwsChunkedDecoder {
  public:
    /// `signer` for the two signed kinds of payload, empty for STREAMING-UNSIGNED-PAYLOAD-TRAILER.
    AwsChunkedDecoder(PayloadKind kind,
                      std::uint64_t decoded_bytes,
                      std::optional<ChunkSigner> signer);

    /// Decodes in place: moves what the chunks carry to the front and answers how much that is.
    /// Always uses up all of `bytes`.
    ///
    /// Errors: invalid_argument `InvalidRequest` (malformed), `IncompleteBody` (more or less than
    /// decoded_bytes); unauthenticated `SignatureDoesNotMatch`.
    Result<std::size_t> decode(std::span<std::byte> bytes);

    /// Whether the body is complete and all its signatures were right.
    bool done() const { return state_ == State::done; }

    /// The headers after the last chunk, without their signature.
    const std::vector<http::Header>& trailer() const { return trailer_; }

  private:
    enum class State { chunk_head, chunk_bytes, chunk_end, trailer, done };

    Result<> take_line_byte(char c);
    Result<> end_line();
    Result<> end_chunk_head();
    Result<> end_chunk();
    Result<> check_chunk();
    Result<> end_trailer_line();
    Result<> finish_trailer();
    Result<> check_signature(std::string_view claimed, const std::string& right) const;

    PayloadKind kind_;
    std::uint64_t decoded_left_;
    std::optional<ChunkSigner> signer_;
    State state_ = State::chunk_head;
    std::string line_;
    std::uint64_t chunk_left_ = 0;
    bool last_chunk_ = false;
    std::string chunk_signature_;
    codec::Sha256 digest_;
    std::vector<http::Header> trailer_;
    std::string trailer_signature_;
    std::size_t trailer_bytes_ = 0;
};

}  // namespace slipway::s3
