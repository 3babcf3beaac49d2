// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/access_keys.h"
#include "gateway/call.h"
#include "objects/running_checksum.h"
#include "s3/aws_chunked.h"
#include "task/body.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace slipway::gateway {

/// A body sent in aws-chunked coding, as the operation wants it: without the coding.
///
/// The last byte is handed out only when the whole body was proven: a store that takes what it was
/// promised and stops there must not keep what turns out to be forged.
class AwsChunkedBody final : public BodyReader {
  public:
    /// `body` outlives this. `trailer_checksum`: the algorithm whose value the trailer will bring.
    AwsChunkedBody(BodyReader& body,
                   s3::AwsChunkedDecoder decoder,
                   std::uint64_t decoded_bytes,
                   std::optional<objects::ChecksumAlgorithm> trailer_checksum);

    Task<Chunk> read() override;
    std::optional<std::uint64_t> size() const override { return decoded_bytes_; }

  private:
    Task<Chunk> read_piece();
    Result<> check_trailer();

    BodyReader& body_;
    s3::AwsChunkedDecoder decoder_;
    const std::uint64_t decoded_bytes_;
    std::optional<objects::RunningChecksum> checksum_;
    std::uint64_t decoded_ = 0;
    std::string held_back_;
    bool checked_ = false;
    std::optional<Error> failure_;
};

/// The reader that takes off the coding a request announced; nullptr when its body has none.
/// Errors: `MissingContentLength` without x-amz-decoded-content-length, `InvalidArgument`,
/// `InvalidRequest`.
Result<std::unique_ptr<BodyReader>> decode_payload(const Call& call);

}  // namespace slipway::gateway
