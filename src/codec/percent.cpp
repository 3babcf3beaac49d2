// SPDX-License-Identifier: Apache-2.0
#include "codec/percent.h"

#include <fmt/format.h>

#include <array>

namespace slipway::codec {
namespace {

constexpr std::string_view upper_digits = "0123456789ABCDEF";

constexpr std::array<bool, 256> unreserved = [] {
    std::array<bool, 256> table{};
    for (unsigned char c = 'a'; c <= 'z'; ++c) {
        table[c] = true;
        table[c - 'a' + 'A'] = true;
    }
    for (unsigned char c = '0'; c <= '9'; ++c) {
        table[c] = true;
    }
    for (const std::size_t c : {0x2dU, 0x2eU, 0x5fU, 0x7eU}) {  // - . _ ~
        table[c] = true;
    }
    return table;
}();

constexpr std::array<signed char, 256> hex_values = [] {
    std::array<signed char, 256> table{};
    table.fill(-1);
    for (int i = 0; i < 10; ++i) {
        table[static_cast<unsigned char>('0' + i)] = static_cast<signed char>(i);
    }
    for (int i = 10; i < 16; ++i) {
        table[static_cast<unsigned char>('a' + i - 10)] = static_cast<signed char>(i);
        table[static_cast<unsigned char>('A' + i - 10)] = static_cast<signed char>(i);
    }
    return table;
}();

int hex_value_at(std::string_view text, std::size_t position) {
    return position < text.size() ? hex_values[static_cast<unsigned char>(text[position])] : -1;
}

Result<std::string> decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    std::size_t run = 0;  // start of the bytes that stay as they are
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c != '%' && !(c == '+' && plus_is_space)) {
            continue;
        }
        out.append(text.data() + run, i - run);
        if (c == '+') {
            out += ' ';
        } else {
            const int high = hex_value_at(text, i + 1);
            const int low = hex_value_at(text, i + 2);
            if (high < 0 || low < 0) {
                return fail(ErrorKind::invalid_argument,
                            fmt::format("'%' without two hex digits at byte {}; "
                                        "write a literal '%' as %25",
                                        i));
            }
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
        run = i + 1;
    }
    out.append(text.data() + run, text.size() - run);
    return out;
}

}  // namespace

void append_percent_encoded(std::string& out, std::string_view bytes, bool keep_slash) {
    std::size_t run = 0;  // start of the bytes that go out as they are
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto c = static_cast<unsigned char>(bytes[i]);
        if (unreserved[c] || (keep_slash && c == '/')) {
            continue;
        }
        out.append(bytes.data() + run, i - run);
        const char encoded[] = {'%', upper_digits[c >> 4], upper_digits[c & 15]};
        out.append(encoded, 3);
        run = i + 1;
    }
    out.append(bytes.data() + run, bytes.size() - run);
}

std::string percent_encode(std::string_view bytes, bool keep_slash) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 4);
    append_percent_encoded(out, bytes, keep_slash);
    return out;
}

Result<std::string> percent_decode(std::string_view text) {
    return decode(text, false);
}

Result<std::string> form_decode(std::string_view text) {
    return decode(text, true);
}

}  // namespace slipway::codec
