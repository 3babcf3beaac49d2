// SPDX-License-Identifier: Apache-2.0
#include "http/range.h"

#include "http/headers.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace slipway::http {
namespace {

/// Decimal digits only; nothing for any other text.
std::optional<std::uint64_t> parse_position(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc() ? value : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

std::optional<ByteRange> parse_range(std::string_view header) {
    constexpr std::string_view unit = "bytes=";
    header = trimmed(header);
    if (!equal_ignoring_case(header.substr(0, unit.size()), unit)) {
        return std::nullopt;
    }
    const std::string_view range = trimmed(header.substr(unit.size()));
    const auto dash = range.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view first = range.substr(0, dash);
    const std::string_view last = range.substr(dash + 1);
    ByteRange parsed;
    if (first.empty()) {
        parsed.suffix = parse_position(last);
        return parsed.suffix ? std::optional(parsed) : std::nullopt;
    }
    parsed.first = parse_position(first);
    parsed.last = parse_position(last);
    if (!parsed.first || (!parsed.last && !last.empty())) {
        return std::nullopt;
    }
    return parsed;
}

std::string content_range(std::uint64_t offset, std::uint64_t length, std::uint64_t size) {
    return fmt::format("bytes {}-{}/{}", offset, offset + length - 1, size);
}

}  // namespace slipway::http
