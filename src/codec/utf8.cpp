// SPDX-License-Identifier: Apache-2.0
#include "codec/utf8.h"

#include <cstdint>
#include <cstring>

namespace slipway::codec {

std::size_t utf8_sequence_bytes(std::string_view bytes) {
    const auto at = [bytes](std::size_t i) -> unsigned {
        return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
    };
    const auto between = [](unsigned c, unsigned low, unsigned high) {
        return c >= low && c <= high;
    };
    const auto tail = [&](std::size_t i) { return between(at(i), 0x80, 0xbf); };
    if (bytes.empty()) {
        return 0;
    }
    // The table of RFC 3629 section 4: only the second byte's range depends on the first.
    const unsigned first = at(0);
    if (first < 0x80) {
        return 1;
    }
    if (between(first, 0xc2, 0xdf)) {
        return tail(1) ? 2 : 0;
    }
    if (between(first, 0xe0, 0xef)) {
        const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
        const unsigned high = first == 0xed ? 0x9f : 0xbf;
        return between(at(1), low, high) && tail(2) ? 3 : 0;
    }
    if (between(first, 0xf0, 0xf4)) {
        const unsigned low = first == 0xf0 ? 0x90 : 0x80;
        const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
        return between(at(1), low, high) && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

bool valid_utf8(std::string_view bytes) {
    while (!bytes.empty()) {
        std::uint64_t eight = 0;
        if (bytes.size() >= sizeof(eight)) {
            std::memcpy(&eight, bytes.data(), sizeof(eight));
            if ((eight & 0x8080808080808080) == 0) {
                bytes.remove_prefix(sizeof(eight));
                continue;
            }
        }
        const std::size_t length = utf8_sequence_bytes(bytes);
        if (length == 0) {
            return false;
        }
        bytes.remove_prefix(length);
    }
    return true;
}

}  // namespace slipway::codec
