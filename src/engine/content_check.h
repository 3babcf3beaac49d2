// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec/digest.h"
#include "objects/object_store.h"
#include "objects/running_checksum.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace slipway::engine {

/// Whether bytes are those of an object, by the best that its store says of them: a checksum of
/// the whole object, else the MD5 that the ETag of a plain PUT is. Where neither is there, only
/// their number counts, which is the caller's.
class ContentCheck {
  public:
    /// Without `trust_etag` an ETag is never taken for an MD5.
    ContentCheck(const objects::ObjectInfo& info, bool trust_etag);

    /// Whether the store says anything that bytes can be held against.
    bool can_tell() const { return checksum_ || md5_; }
    /// All bytes in their order.
    void update(std::span<const std::byte> bytes);
    /// Errors: corrupted, saying both values.
    Result<> finish();

  private:
    std::string expected_;
    std::optional<objects::RunningChecksum> checksum_;
    std::optional<codec::Md5> md5_;
};

/// The same for a checksum that is known already.
Result<> check_checksum(const objects::Checksum& found, const std::string& expected);

}  // namespace slipway::engine
