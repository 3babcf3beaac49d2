// SPDX-License-Identifier: Apache-2.0
#include "codec/base64.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace slipway::codec {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t not_a_digit = 0xff;

constexpr std::array<std::uint8_t, 256> values = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(not_a_digit);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return table;
}();

std::uint32_t octet(std::byte byte) {
    return std::to_integer<std::uint32_t>(byte);
}

char digit(std::uint32_t group, unsigned shift) {
    return alphabet[(group >> shift) & 63];
}

char low_byte(std::uint32_t group, unsigned shift) {
    return static_cast<char>((group >> shift) & 0xff);
}

}  // namespace

std::string base64_encode(std::span<const std::byte> bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const auto group = octet(bytes[i]) << 16 | octet(bytes[i + 1]) << 8 | octet(bytes[i + 2]);
        const char four[] = {digit(group, 18), digit(group, 12), digit(group, 6), digit(group, 0)};
        out.append(four, 4);
    }
    if (bytes.size() - i == 1) {
        const auto group = octet(bytes[i]) << 16;
        const char four[] = {digit(group, 18), digit(group, 12), '=', '='};
        out.append(four, 4);
    } else if (bytes.size() - i == 2) {
        const auto group = octet(bytes[i]) << 16 | octet(bytes[i + 1]) << 8;
        const char four[] = {digit(group, 18), digit(group, 12), digit(group, 6), '='};
        out.append(four, 4);
    }
    return out;
}

std::string base64_encode(std::string_view bytes) {
    return base64_encode(std::as_bytes(std::span(bytes)));
}

Result<std::string> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("base64 text has {} characters, not a multiple of 4", text.size()));
    }
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    const std::size_t digit_count = text.size() - padding;
    std::string out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < digit_count; ++i) {
        const auto value = values[static_cast<unsigned char>(text[i])];
        if (value == not_a_digit) {
            return fail(ErrorKind::invalid_argument,
                        fmt::format("not a base64 character at byte {}", i));
        }
        group = group << 6 | value;
        if (i % 4 == 3) {
            out += {low_byte(group, 16), low_byte(group, 8), low_byte(group, 0)};
        }
    }
    const std::uint32_t spare = padding == 2 ? group & 0xf : padding == 1 ? group & 0x3 : 0;
    if (spare != 0) {
        return fail(ErrorKind::invalid_argument, "base64 text ends in bits that encode nothing");
    }
    if (padding == 2) {
        out += low_byte(group, 4);
    } else if (padding == 1) {
        out += {low_byte(group, 10), low_byte(group, 2)};
    }
    return out;
}

}  // namespace slipway::codec
