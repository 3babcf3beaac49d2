// SPDX-License-Identifier: Apache-2.0
#include "cli/values.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace slipway::cli {
namespace {

using Unit = std::pair<std::string_view, std::uint64_t>;

// Largest first, and before its like the one that is shown.
constexpr std::array<Unit, 9> size_units{{{"TiB", 1ULL << 40},
                                          {"TB", 1'000'000'000'000ULL},
                                          {"GiB", 1ULL << 30},
                                          {"GB", 1'000'000'000ULL},
                                          {"MiB", 1ULL << 20},
                                          {"MB", 1'000'000ULL},
                                          {"KiB", 1ULL << 10},
                                          {"kB", 1'000ULL},
                                          {"B", 1ULL}}};
constexpr std::array<Unit, 4> time_units{{{"d", 86'400}, {"h", 3'600}, {"m", 60}, {"s", 1}}};

std::string_view trim(std::string_view text) {
    while (text.starts_with(' ')) {
        text.remove_prefix(1);
    }
    while (text.ends_with(' ')) {
        text.remove_suffix(1);
    }
    return text;
}

bool same_letters(std::string_view a, std::string_view b) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    if (a.size() != b.size()) {
        return false;
    }
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) {
            return false;
        }
    }
    return true;
}

/// Takes the digits off the start of `text`; nullopt when there are none, or too many.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

std::optional<std::uint64_t> times(std::uint64_t number, std::uint64_t unit) {
    if (number > std::numeric_limits<std::uint64_t>::max() / unit) {
        return std::nullopt;
    }
    return number * unit;
}

std::optional<std::uint64_t> read_size(std::string_view text) {
    text = trim(text);
    const auto number = take_number(text);
    if (!number || text.empty()) {
        return number;
    }
    for (const auto& [name, bytes] : size_units) {
        if (same_letters(trim(text), name)) {
            return times(*number, bytes);
        }
    }
    return std::nullopt;
}

/// Every unit at most once, the larger before the smaller.
std::optional<std::uint64_t> read_duration(std::string_view text) {
    text = trim(text);
    auto number = take_number(text);
    if (!number || text.empty()) {
        return number;
    }
    std::uint64_t total = 0;
    for (const auto& [name, seconds] : time_units) {
        if (!number || !text.starts_with(name)) {
            continue;
        }
        const auto piece = times(*number, seconds);
        if (!piece || *piece > std::numeric_limits<std::uint64_t>::max() - total) {
            return std::nullopt;
        }
        total += *piece;
        text.remove_prefix(name.size());
        if (text.empty()) {
            return total;
        }
        number = take_number(text);
    }
    return std::nullopt;
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
    if (const auto bytes = read_size(text)) {
        return *bytes;
    }
    return fail(ErrorKind::invalid_argument,
                fmt::format("not a size: '{}'; give e.g. 800MB, 5GiB or 4096", text));
}

std::string show_size(std::uint64_t bytes) {
    for (const auto& [name, unit] : size_units) {
        if (bytes >= unit && bytes % unit == 0 && unit > 1) {
            return fmt::format("{}{}", bytes / unit, name);
        }
    }
    return std::to_string(bytes);
}

Result<std::chrono::seconds> parse_duration(std::string_view text) {
    // A century: what is longer is a mistake, and would overflow times that are added to it.
    constexpr std::uint64_t seconds_max = 100ULL * 366 * 86'400;
    const auto seconds = read_duration(text);
    if (seconds && *seconds <= seconds_max) {
        return std::chrono::seconds(static_cast<std::int64_t>(*seconds));
    }
    return fail(ErrorKind::invalid_argument,
                fmt::format("not a length of time: '{}'; give e.g. 1h, 30m, 90s or 1h30m", text));
}

std::string show_duration(std::chrono::seconds time) {
    auto left = static_cast<std::uint64_t>(time.count());
    std::string text;
    for (const auto& [name, seconds] : time_units) {
        if (seconds != 86'400 && left >= seconds) {
            text += fmt::format("{}{}", left / seconds, name);
            left %= seconds;
        }
    }
    return text.empty() ? "0s" : text;
}

Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most) {
    std::string_view rest = trim(text);
    const auto number = take_number(rest);
    if (number && rest.empty() && *number >= least && *number <= most) {
        return *number;
    }
    return fail(ErrorKind::invalid_argument,
                fmt::format("not a whole number from {} to {}: '{}'", least, most, text));
}

Result<void> check_address(std::string_view text) {
    const auto colon = text.rfind(':');
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
    const bool port_there =
        colon != std::string_view::npos && parse_count(text.substr(colon + 1), 0, 65'535);
    if (!port_there || host.empty() || (!bracketed && host.find(':') != host.npos)) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("not an address to listen on: '{}'; give host and port, e.g. "
                                "127.0.0.1:8080 or [::1]:8080, port 0 for a free one",
                                text));
    }
    return {};
}

Result<void> check_url(std::string_view text) {
    std::string_view rest = text;
    if (rest.starts_with("https://")) {
        rest.remove_prefix(8);
    } else if (rest.starts_with("http://")) {
        rest.remove_prefix(7);
    } else {
        rest = "";
    }
    if (rest.empty() || rest.find_first_of("/?#@ \"\\") != rest.npos) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("not a URL of scheme, host and port: '{}'; give e.g. "
                                "https://upload.example.org",
                                text));
    }
    return {};
}

}  // namespace slipway::cli
