// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::store {

/// What an upload in parts is named by: its row in the index, and digits that nobody can guess.
/// Ids that were given out later are greater, also as texts.
struct UploadId {
    std::int64_t row = 0;
    std::string secret;  ///< 32 hex digits
};

/// 48 hex digits.
std::string to_text(const UploadId& id);
/// Nothing for a text that is no upload's id.
std::optional<UploadId> parse_upload_id(std::string_view text);
/// For a new upload, whose row is not known yet.
std::string new_upload_secret();

}  // namespace slipway::store
