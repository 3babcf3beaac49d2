// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec/crc.h"
#include "codec/digest.h"
#include "objects/checksum.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <variant>

namespace slipway::objects {

/// The checksum of bytes as they pass, in whichever algorithm.
class RunningChecksum {
  public:
    explicit RunningChecksum(ChecksumAlgorithm algorithm);

    ChecksumAlgorithm algorithm() const { return static_cast<ChecksumAlgorithm>(state_.index()); }
    void update(std::span<const std::byte> bytes);
    void update(std::string_view bytes) { update(std::as_bytes(std::span(bytes))); }
    /// The value; the object is used up.
    Checksum finish();

  private:
    // In the order of ChecksumAlgorithm.
    std::variant<codec::Crc32, codec::Crc32c, codec::Crc64Nvme, codec::Sha1, codec::Sha256> state_;
};

/// The checksum of `bytes`.
Checksum checksum_of(ChecksumAlgorithm algorithm, std::string_view bytes);

}  // namespace slipway::objects
