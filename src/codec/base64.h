// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace slipway::codec {

/// Standard alphabet, padded (RFC 4648 section 4).
std::string base64_encode(std::span<const std::byte> bytes);
std::string base64_encode(std::string_view bytes);

/// The bytes, in a string. Strict, so that one value has one text: padding is required, white space
/// and non-zero spare bits are refused.
/// Errors: invalid_argument.
Result<std::string> base64_decode(std::string_view text);

}  // namespace slipway::codec
