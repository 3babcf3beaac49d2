// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

/// The forms in which people write settings. Errors of all: invalid_argument, quoting the text and
/// giving an example.
namespace slipway::cli {

/// "800MB" and "5GiB", "1 kB", "4096": decimal and binary units, bytes without one.
Result<std::uint64_t> parse_size(std::string_view text);
/// The shortest of these forms that is exact.
std::string show_size(std::uint64_t bytes);

/// "1h", "30m", "90s", "1h30m", "7d"; seconds without a unit.
Result<std::chrono::seconds> parse_duration(std::string_view text);
std::string show_duration(std::chrono::seconds time);

/// A whole number from `least` to `most`.
Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most);

/// Host and port to listen on: "127.0.0.1:8080", "[::1]:0".
Result<void> check_address(std::string_view text);

/// "http://host" or "https://host:8443", without a path.
Result<void> check_url(std::string_view text);

}  // namespace slipway::cli
