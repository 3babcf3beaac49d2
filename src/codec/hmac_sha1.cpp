// SPDX-License-Identifier: Apache-2.0
#include "codec/hmac_sha1.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace slipway::codec {
namespace {

using Block = std::array<std::byte, 64>;

/// SHA-1 that has taken in the key, each byte of its block changed by `pad`.
Sha1 keyed(const Block& key, std::byte pad) {
    Block padded;
    std::ranges::transform(key, padded.begin(), [pad](std::byte b) { return b ^ pad; });
    Sha1 hash;
    hash.update(padded);
    return hash;
}

}  // namespace

Sha1::Value hmac_sha1(std::string_view key, std::string_view message) {
    Block block{};
    if (key.size() > block.size()) {
        Sha1 hash;
        hash.update(key);
        std::ranges::copy(hash.finish(), block.begin());
    } else {
        std::ranges::copy(std::as_bytes(std::span(key)), block.begin());
    }
    Sha1 inner = keyed(block, std::byte{0x36});
    inner.update(message);
    Sha1 outer = keyed(block, std::byte{0x5c});
    outer.update(inner.finish());
    return outer.finish();
}

}  // namespace slipway::codec
