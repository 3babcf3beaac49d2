// SPDX-License-Identifier: Apache-2.0
#include "server/request_text.h"

#include "base/limits.h"

#include <algorithm>
#include <cstddef>

namespace slipway::server {
namespace {

bool is_control(unsigned char byte) {
    return byte < 0x20 || byte == 0x7f;
}

}  // namespace

bool has_control_character(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        // U+0080 to U+009F are controls too, in UTF-8 C2 80 to C2 9F.
        const bool second =
            byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
        if (is_control(byte) || second) {
            return true;
        }
    }
    return false;
}

bool is_media_type(std::string_view text) {
    const auto slash = text.find('/');
    const bool printable = std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f;
    });
    return printable && slash != std::string_view::npos && slash > 0 && slash + 1 < text.size() &&
           text.substr(0, slash).find(' ') == std::string_view::npos && text.front() != ' ' &&
           text.back() != ' ' && text.size() <= limits::short_text_bytes_max;
}

}  // namespace slipway::server
