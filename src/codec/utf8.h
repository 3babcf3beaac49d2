// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace slipway::codec {

/// Whether the bytes are UTF-8 as RFC 3629 has it: no overlong forms, surrogates or values above
/// U+10FFFF.
bool valid_utf8(std::string_view bytes);

/// Length of the valid UTF-8 sequence that `bytes` starts with, 1 to 4; 0 when there is none.
std::size_t utf8_sequence_bytes(std::string_view bytes);

/// What stands in for a byte that is not UTF-8: U+FFFD.
inline constexpr std::string_view utf8_replacement = "\xef\xbf\xbd";

}  // namespace slipway::codec
