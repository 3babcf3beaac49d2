// SPDX-License-Identifier: Apache-2.0
#include "codec/toml.h"

#include <algorithm>
#include <utility>

namespace slipway::codec {
namespace {

constexpr std::size_t nowhere = std::string_view::npos;

/// Where a letter beyond ASCII is that is not in a line of comment. Version 3.3 of toml++ takes
/// some of them for unreachable where they end a value, or follow a backslash in a long string,
/// whose lines may look like comments.
std::size_t find_beyond_ascii(std::string_view text) {
    const bool has_long_string = text.find("\"\"\"") != nowhere;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = text.substr(begin, end - begin);
        const auto first = std::min(line.find_first_not_of(" \t"), line.size());
        const auto odd = std::ranges::find_if(
            line, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
        if (odd != line.end() && (has_long_string || line[first] != '#')) {
            return begin + static_cast<std::size_t>(odd - line.begin());
        }
        begin = end + 1;
    }
    return nowhere;
}

}  // namespace

tl::expected<toml::table, TomlError> parse_toml(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) {
        text.remove_prefix(byte_order_mark.size());
    }
    if (const std::size_t at = find_beyond_ascii(text); at != nowhere) {
        const std::string_view before = text.substr(0, at);
        const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1;
        const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;
        return tl::unexpected(
            TomlError{line, column,
                      "a letter beyond ASCII is written as \"\\u00e9\", but for lines of comment"});
    }
    auto parsed = toml::parse(text);
    if (!parsed) {
        const toml::parse_error& error = parsed.error();
        return tl::unexpected(TomlError{error.source().begin.line, error.source().begin.column,
                                        std::string(error.description())});
    }
    return std::move(parsed).table();
}

}  // namespace slipway::codec
