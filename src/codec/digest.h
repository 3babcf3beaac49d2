// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace slipway::codec {

/// A running hash, held in the object itself: no heap, cheap to copy. `State` is the size of
/// OpenSSL's context for it, checked in digest.cpp.
template <std::size_t digest_bytes, std::size_t state_bytes>
class Digest {
  public:
    using Value = std::array<std::byte, digest_bytes>;

    Digest();
    void update(std::span<const std::byte> bytes);
    void update(std::string_view bytes) { update(std::as_bytes(std::span(bytes))); }
    /// The digest. The object is used up: assign a fresh one before the next update.
    Value finish();

    /// OpenSSL's context, for who continues it in another way (md5_lanes.cpp).
    void* state() { return state_.data(); }

  private:
    alignas(8) std::array<std::byte, state_bytes> state_;
};

using Md5 = Digest<16, 92>;
using Sha1 = Digest<20, 96>;
using Sha256 = Digest<32, 112>;

Sha256::Value sha256(std::string_view bytes);
Md5::Value md5(std::string_view bytes);

/// HMAC-SHA256 under one key. The two states a key leads to are computed once, so that a short
/// message costs two copies and its blocks. Immutable, any thread.
class HmacSha256Key {
  public:
    explicit HmacSha256Key(std::string_view key);
    explicit HmacSha256Key(const Sha256::Value& key)
        : HmacSha256Key(std::string_view(
              static_cast<const char*>(static_cast<const void*>(key.data())), key.size())) {}

    Sha256::Value sign(std::string_view message) const;

  private:
    Sha256 inner_;
    Sha256 outer_;
};

}  // namespace slipway::codec
