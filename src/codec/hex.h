// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::codec {

/// Lower-case hex.
std::string hex_encode(std::span<const std::byte> bytes);
void append_hex(std::string& out, std::span<const std::byte> bytes);

/// Reads hex in either case. Errors: invalid_argument for an odd length or another character.
Result<std::vector<std::byte>> hex_decode(std::string_view text);

/// Whether `text` is exactly `digits` lower-case hex digits.
bool is_lower_hex(std::string_view text, std::size_t digits);

}  // namespace slipway::codec
