// SPDX-License-Identifier: Apache-2.0
#include "codec/json.h"
#include "codec/utf8.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace slipway::codec {
namespace {

/// Bytes that may stand in a JSON string as they are.
constexpr std::array<bool, 256> plain = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0x20; c < 0x80; ++c) {
        table[c] = c != '"' && c != '\\';
    }
    return table;
}();

/// How many of the first bytes go out as they are, counted in eights: URLs are long.
std::size_t plain_eights(std::string_view text) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t high = 0x8080808080808080;
    // The high bit of each byte of the result is set where the byte is zero ("Determine if a word
    // has a zero byte", Bit Twiddling Hacks, Anderson); exact for bytes below 0x80.
    const auto zero_byte = [](std::uint64_t word) { return (word - ones) & ~word & high; };
    std::size_t count = 0;
    while (count + 8 <= text.size()) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + count, 8);
        const std::uint64_t control = (word - ones * 0x20) & ~word & high;
        const std::uint64_t odd = (word & high) | control | zero_byte(word ^ (ones * '"')) |
                                  zero_byte(word ^ (ones * '\\'));
        if (odd != 0) {
            break;
        }
        count += 8;
    }
    return count;
}

void append_escaped(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            out += "\\u00";
            out += digits[static_cast<unsigned char>(c) >> 4];
            out += digits[static_cast<unsigned char>(c) & 15];
    }
}

template <class Number>
void append_number(std::string& out, Number value) {
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.append(text.data(), end);
}

}  // namespace

void JsonWriter::separate() {
    if (comma_) {
        out_ += ',';
    }
    comma_ = true;
}

void JsonWriter::open(char bracket) {
    separate();
    out_ += bracket;
    comma_ = false;
}

void JsonWriter::close(char bracket) {
    out_ += bracket;
    comma_ = true;
}

void JsonWriter::quoted(std::string_view text) {
    out_ += '"';
    std::size_t run = 0;  // start of the bytes that go out as they are
    std::size_t i = 0;
    while (i < text.size()) {
        i += plain_eights(text.substr(i));
        if (i == text.size()) {
            break;
        }
        if (plain[static_cast<unsigned char>(text[i])]) {
            ++i;
            continue;
        }
        const std::size_t length = utf8_sequence_bytes(text.substr(i));
        if (length > 1) {
            i += length;
            continue;
        }
        out_.append(text.data() + run, i - run);
        if (length == 0) {
            out_ += utf8_replacement;
        } else {
            append_escaped(out_, text[i]);
        }
        run = ++i;
    }
    out_.append(text.data() + run, text.size() - run);
    out_ += '"';
}

void JsonWriter::key(std::string_view name) {
    separate();
    quoted(name);
    out_ += ':';
    comma_ = false;
}

void JsonWriter::string(std::string_view text) {
    separate();
    quoted(text);
}

void JsonWriter::signed_number(std::int64_t value) {
    separate();
    append_number(out_, value);
}

void JsonWriter::unsigned_number(std::uint64_t value) {
    separate();
    append_number(out_, value);
}

void JsonWriter::number(double value) {
    if (!std::isfinite(value)) {
        null();
        return;
    }
    separate();
    append_number(out_, value);
}

void JsonWriter::boolean(bool value) {
    separate();
    out_ += value ? "true" : "false";
}

void JsonWriter::null() {
    separate();
    out_ += "null";
}

void JsonWriter::raw(std::string_view json) {
    separate();
    out_ += json;
}

}  // namespace slipway::codec
