// SPDX-License-Identifier: Apache-2.0
// The way to toml++, so that all who include it see the same of it.
#pragma once

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// Version 3.3 asserts that a table's name begins as a name may, and refuses any other in words
// right after that: "[[=" in a file must not end the process.
#define TOML_ASSERT(condition) static_assert(true)
#include <tl/expected.hpp>
#include <toml++/toml.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace slipway::codec {

/// What is wrong with a text, and where: counted from 1.
struct TomlError {
    std::size_t line = 1;
    std::size_t column = 1;
    std::string words;  ///< may quote the text
};

/// A text of TOML 1.0, with letters beyond ASCII in lines of comment only: elsewhere "\u00e9" says
/// them.
tl::expected<toml::table, TomlError> parse_toml(std::string_view text);

}  // namespace slipway::codec
