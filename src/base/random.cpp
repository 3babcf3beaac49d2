// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include "base/assert.h"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <random>
#include <sys/random.h>

namespace slipway {
namespace {

constexpr char hex_digits[] = "0123456789ABCDEF";

std::uint64_t random_u64() {
    std::uint64_t value = 0;
    SLIPWAY_ASSERT(::getrandom(&value, sizeof value, 0) == sizeof value);
    return value;
}

}  // namespace

std::string random_hex(unsigned bytes) {
    std::string text;
    text.reserve(std::size_t{bytes} * 2);
    for (unsigned left = bytes; left > 0;) {
        unsigned char buffer[32];
        const unsigned take = left < sizeof buffer ? left : sizeof buffer;
        // Up to 256 bytes are never cut short (getrandom(2)); a signal before any byte is.
        const auto got = ::getrandom(buffer, take, 0);
        SLIPWAY_ASSERT(got == static_cast<ssize_t>(take) || errno == EINTR);
        if (got < 0) {
            continue;
        }
        for (unsigned i = 0; i < take; ++i) {
            constexpr char digits[] = "0123456789abcdef";
            text.push_back(digits[buffer[i] >> 4]);
            text.push_back(digits[buffer[i] & 15]);
        }
        left -= take;
    }
    return text;
}

double random_fraction() {
    thread_local std::minstd_rand source{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(source);
}

std::string next_request_id() {
    static std::atomic<std::uint64_t> next{random_u64()};
    // An odd multiplier spreads neighbours over the whole range (Knuth's multiplicative hashing).
    std::uint64_t id = next.fetch_add(1, std::memory_order_relaxed) * 0x9E3779B97F4A7C15ULL;
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; id >>= 4) {
        text[i] = hex_digits[id & 15];
    }
    return text;
}

}  // namespace slipway
