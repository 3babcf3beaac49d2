// SPDX-License-Identifier: Apache-2.0
#include "engine/readable.h"

#include "codec/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace slipway::engine {
namespace {

/// C0, DEL, and C1, which UTF-8 writes as C2 80 to C2 9F.
bool is_control(std::string_view character) {
    const auto first = static_cast<unsigned char>(character.front());
    if (character.size() == 1) {
        return first < 0x20 || first == 0x7f;
    }
    return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

}  // namespace

std::string readable(std::string_view path) {
    std::string text;
    while (!path.empty()) {
        const std::size_t size = codec::utf8_sequence_bytes(path);
        const std::string_view character = path.substr(0, std::max<std::size_t>(size, 1));
        if (size == 0 || is_control(character)) {
            for (const char byte : character) {
                fmt::format_to(std::back_inserter(text), "\\x{:02x}",
                               static_cast<unsigned char>(byte));
            }
        } else {
            text += character;
        }
        path.remove_prefix(character.size());
    }
    return text;
}

}  // namespace slipway::engine
