// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/headers.h"
#include "objects/running_checksum.h"
#include "task/body.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::client {

/// A body in S3's aws-chunked coding with a checksum after it, computed while it is read.
///
/// Source: AWS, "Signature calculations: unsigned payload with trailing headers"
/// (STREAMING-UNSIGNED-PAYLOAD-TRAILER, checked 2026-11).
class TrailerBody final : public BodyReader {
  public:
    static constexpr std::string_view payload_hash = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

    /// `body` brings exactly `size` bytes; errors of read: also `IncompleteBody`.
    TrailerBody(BodyReader& body, std::uint64_t size, objects::ChecksumAlgorithm algorithm);

    /// Adds Content-Encoding, x-amz-trailer and x-amz-decoded-content-length, and for a request
    /// that nobody signs x-amz-content-sha256.
    void add_headers(http::Headers& headers) const;

    /// Of the body, once all of it was read.
    const objects::Checksum& checksum() const { return computed_; }

    Task<Chunk> read() override;
    /// With the coding around it.
    std::optional<std::uint64_t> size() const override;
    bool at_hand() const override { return body_.at_hand(); }

  private:
    Task<Chunk> next_data();
    Chunk end_piece();

    BodyReader& body_;
    const std::uint64_t size_;
    objects::RunningChecksum checksum_;
    objects::Checksum computed_;
    std::uint64_t left_;            // of the body
    std::uint64_t piece_left_ = 0;  // of the aws-chunk that was begun
    std::string rest_;              // read of the body and beyond that aws-chunk
    bool ended_ = false;
};

}  // namespace slipway::client
