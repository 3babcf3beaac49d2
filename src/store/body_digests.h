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

/// What a sender says of the bytes to come.
struct DeclaredDigests {
    std::string md5;     ///< hex; empty: not declared
    std::string sha256;  ///< hex, of the payload as signed; empty: not declared
    /// With an empty value it is not compared.
    std::optional<objects::Checksum> checksum;
    /// The algorithm of the checksum to remember; nothing: the declared one's, else CRC64NVME as in
    /// S3.
    std::optional<objects::ChecksumAlgorithm> kept;
};

/// All that is computed over the bytes of a body while they pass: the MD5 that becomes the ETag,
/// what the sender declared, and the checksum to remember.
class BodyDigests {
  public:
    /// Errors: invalid_argument `InvalidDigest`, `InvalidRequest` for declared values that are
    /// none.
    static Result<BodyDigests> start(DeclaredDigests declared);

    void update(std::span<const std::byte> bytes);
    /// The same in two halves, for different threads: all but the MD5, which takes the longest ...
    void update_but_md5(std::span<const std::byte> bytes);
    /// ... and that.
    codec::Md5& md5() { return md5_; }

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
    /// Of the declared algorithm where that is not the one to remember.
    std::optional<objects::RunningChecksum> compared_;
    DeclaredDigests declared_;
};

}  // namespace slipway::store
