// SPDX-License-Identifier: Apache-2.0
#include "codec/hex.h"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::codec {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

int nibble(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

void append_hex(std::string& out, std::span<const std::byte> bytes) {
    const auto start = out.size();
    out.resize(start + 2 * bytes.size());
    char* to = out.data() + start;
    for (const std::byte byte : bytes) {
        *to++ = digits[std::to_integer<std::size_t>(byte >> 4)];
        *to++ = digits[std::to_integer<std::size_t>(byte & std::byte{15})];
    }
}

std::string hex_encode(std::span<const std::byte> bytes) {
    std::string out;
    append_hex(out, bytes);
    return out;
}

Result<std::vector<std::byte>> hex_decode(std::string_view text) {
    if (text.size() % 2 != 0) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("hex text has an odd length of {}", text.size()));
    }
    std::vector<std::byte> bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = nibble(text[i]);
        const int low = nibble(text[i + 1]);
        if (high < 0 || low < 0) {
            return fail(ErrorKind::invalid_argument,
                        fmt::format("not a hex digit at byte {}", high < 0 ? i : i + 1));
        }
        bytes.push_back(static_cast<std::byte>(high * 16 + low));
    }
    return bytes;
}

bool is_lower_hex(std::string_view text, std::size_t digit_count) {
    return text.size() == digit_count && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

}  // namespace slipway::codec
