// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec/digest.h"
#include "objects/checksum.h"
#include "objects/running_checksum.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace slipway::store {

/// What the index says of some bytes: those of an object, or of a part of one.
struct RecordedContent {
    std::uint64_t size = 0;
    /// MD5 in hex; empty: not one of these bytes.
    std::string md5;
    /// Over these bytes, not over those of parts.
    std::optional<objects::Checksum> checksum;
};

/// Compares bytes, as they pass, with what is recorded of them.
class ContentCheck {
  public:
    explicit ContentCheck(const RecordedContent& recorded);

    void update(std::span<const std::byte> bytes);
    void update(std::string_view bytes) { update(std::as_bytes(std::span(bytes))); }

    /// What does not agree, in words; empty when all does. Ends the comparing.
    std::string finish();

  private:
    const RecordedContent& recorded_;
    std::uint64_t size_ = 0;
    codec::Md5 md5_;
    std::optional<objects::RunningChecksum> checksum_;
};

}  // namespace slipway::store
