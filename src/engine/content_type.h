// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace slipway::engine {

/// As many first bytes as content_type_of looks at.
inline constexpr std::size_t content_type_bytes = 64;

/// What the name's extension says, in either case of letters; empty where it says nothing.
std::string_view content_type_by_name(std::string_view name);

/// What the bytes a file begins with say: media and archives by their magic numbers, text by being
/// UTF-8 without control characters, else application/octet-stream.
std::string_view content_type_by_bytes(std::string_view first_bytes);

/// A guess at a file's media type: by its name, and by its first bytes only where that says
/// nothing.
///
/// So a caller need not read files whose content_type_by_name is not empty. Answers live as long as
/// the program.
std::string_view content_type_of(std::string_view name, std::string_view first_bytes);

}  // namespace slipway::engine
