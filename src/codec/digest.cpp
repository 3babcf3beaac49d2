// SPDX-License-Identifier: Apache-2.0
// OpenSSL's low-level functions and not EVP: same code underneath (SHA-NI included), but no heap
// and no provider call, which is most of the time for the short inputs of a signature.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "codec/digest.h"

#include "base/assert.h"

#include <openssl/md5.h>
#include <openssl/sha.h>

#include <algorithm>
#include <new>
#include <type_traits>

namespace slipway::codec {
namespace {

struct Md5Calls {
    using Context = MD5_CTX;
    static constexpr auto init = MD5_Init;
    static constexpr auto update = MD5_Update;
    static constexpr auto final = MD5_Final;
};

struct Sha1Calls {
    using Context = SHA_CTX;
    static constexpr auto init = SHA1_Init;
    static constexpr auto update = SHA1_Update;
    static constexpr auto final = SHA1_Final;
};

struct Sha256Calls {
    using Context = SHA256_CTX;
    static constexpr auto init = SHA256_Init;
    static constexpr auto update = SHA256_Update;
    static constexpr auto final = SHA256_Final;
};

template <std::size_t digest_bytes>
using Calls = std::conditional_t<digest_bytes == 16,
                                 Md5Calls,
                                 std::conditional_t<digest_bytes == 20, Sha1Calls, Sha256Calls>>;

// The context lives in the bytes of the object; copying those bytes copies the context.
template <class Context>
Context* context(void* state) {
    static_assert(std::is_trivially_copyable_v<Context> && alignof(Context) <= 8);
    return std::launder(static_cast<Context*>(state));
}

}  // namespace

template <std::size_t digest_bytes, std::size_t state_bytes>
Digest<digest_bytes, state_bytes>::Digest() {
    using Context = typename Calls<digest_bytes>::Context;
    static_assert(sizeof(Context) == state_bytes);
    Calls<digest_bytes>::init(::new (state_.data()) Context);
}

template <std::size_t digest_bytes, std::size_t state_bytes>
void Digest<digest_bytes, state_bytes>::update(std::span<const std::byte> bytes) {
    using Context = typename Calls<digest_bytes>::Context;
    Calls<digest_bytes>::update(context<Context>(state_.data()), bytes.data(), bytes.size());
}

template <std::size_t digest_bytes, std::size_t state_bytes>
auto Digest<digest_bytes, state_bytes>::finish() -> Value {
    using Context = typename Calls<digest_bytes>::Context;
    Value value;
    Calls<digest_bytes>::final(static_cast<unsigned char*>(static_cast<void*>(value.data())),
                               context<Context>(state_.data()));
    return value;
}

template class Digest<16, 92>;
template class Digest<20, 96>;
template class Digest<32, 112>;

Sha256::Value sha256(std::string_view bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

Md5::Value md5(std::string_view bytes) {
    Md5 hash;
    hash.update(bytes);
    return hash.finish();
}

HmacSha256Key::HmacSha256Key(std::string_view key) {
    // RFC 2104: a key longer than a block is hashed first.
    std::array<std::byte, SHA256_CBLOCK> block{};
    if (key.size() > block.size()) {
        const Sha256::Value hashed = sha256(key);
        std::copy(hashed.begin(), hashed.end(), block.begin());
    } else {
        std::ranges::copy(std::as_bytes(std::span(key)), block.begin());
    }
    std::array<std::byte, SHA256_CBLOCK> padded;
    std::ranges::transform(block, padded.begin(), [](std::byte b) { return b ^ std::byte{0x36}; });
    inner_.update(padded);
    std::ranges::transform(block, padded.begin(), [](std::byte b) { return b ^ std::byte{0x5c}; });
    outer_.update(padded);
}

Sha256::Value HmacSha256Key::sign(std::string_view message) const {
    Sha256 inner = inner_;
    inner.update(message);
    const Sha256::Value digest = inner.finish();
    Sha256 outer = outer_;
    outer.update(digest);
    return outer.finish();
}

}  // namespace slipway::codec
