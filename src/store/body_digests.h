// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec/digest.h"
#include "objects/object_store.h"
#include "objects/running_checksum.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace slipway::store {

/// All that is computed over the bytes of a put while they pass: the MD5 that becomes the ETag,
/// what the client declared, and the checksum to remember, which is CRC64NVME where the client
/// names none, as in S3.
class BodyDigests {
  public:
    /// Errors: invalid_argument `InvalidDigest`, `InvalidRequest` for declared values that are
    /// none.
    static Result<BodyDigests> start(const objects::PutRequest& request);

    void update(std::span<const std::byte> bytes);

    struct Values {
        std::string etag;
        objects::Checksum checksum;
    };
    /// Errors: invalid_argument `BadDigest`, `XAmzContentSHA256Mismatch`.
    Result<Values> finish();

  private:
    explicit BodyDigests(objects::ChecksumAlgorithm algorithm) : checksum_(algorithm) {}

    codec::Md5 md5_;
    std::optional<codec::Sha256> sha256_;
    objects::RunningChecksum checksum_;
    std::string declared_md5_;
    std::string declared_sha256_;
    std::string declared_checksum_;
};

}  // namespace slipway::store
