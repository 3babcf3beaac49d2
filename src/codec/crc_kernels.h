// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// The ways to compute a reflected CRC, for crc.cpp and its tests. Both map the state before
/// `bytes` to the state after them.
namespace slipway::codec::crc_kernels {

/// tables[k][b]: what byte b leaves behind after k more zero bytes. Not inline: g++ 12 would show
/// it in the shared library, as a name that keeps that from being unloaded.
template <class Word, Word polynomial>
constexpr auto tables = [] {
    std::array<std::array<Word, 256>, 16> table{};
    for (std::size_t b = 0; b < 256; ++b) {
        Word word = static_cast<Word>(b);
        for (int bit = 0; bit < 8; ++bit) {
            word = static_cast<Word>((word >> 1) ^ ((word & 1) != 0 ? polynomial : 0));
        }
        table[0][b] = word;
    }
    for (std::size_t k = 1; k < table.size(); ++k) {
        for (std::size_t b = 0; b < 256; ++b) {
            const Word word = table[k - 1][b];
            table[k][b] = static_cast<Word>((word >> 8) ^ table[0][word & 0xff]);
        }
    }
    return table;
}();

/// Sixteen bytes a step ("slicing by 16"); runs everywhere.
template <class Word, Word polynomial>
Word by_tables(Word state, std::span<const std::byte> bytes) {
    constexpr auto& table = tables<Word, polynomial>;
    const auto octet = [](std::byte b) { return std::to_integer<std::size_t>(b); };
    while (bytes.size() >= 16) {
        std::array<std::byte, 16> block;
        std::memcpy(block.data(), bytes.data(), block.size());
        for (std::size_t i = 0; i < sizeof(Word); ++i) {
            block[i] ^= static_cast<std::byte>((state >> (8 * i)) & 0xff);
        }
        state = 0;
        for (std::size_t i = 0; i < block.size(); ++i) {
            state ^= table[15 - i][octet(block[i])];
        }
        bytes = bytes.subspan(16);
    }
    for (const std::byte byte : bytes) {
        state = static_cast<Word>((state >> 8) ^ table[0][(state & 0xff) ^ octet(byte)]);
    }
    return state;
}

#if defined(__x86_64__)

/// x^n modulo the polynomial, reflected, in the upper bits of 64.
template <class Word, Word polynomial>
constexpr std::uint64_t power_of_x(unsigned n) {
    Word word = Word{1} << (8 * sizeof(Word) - 1);
    for (unsigned i = 0; i < n; ++i) {
        word = static_cast<Word>((word >> 1) ^ ((word & 1) != 0 ? polynomial : 0));
    }
    return static_cast<std::uint64_t>(word) << (64 - 8 * sizeof(Word));
}

/// What moves bytes by so many bits towards the end of the message. A reflected product comes out
/// one bit too low, hence the "- 1".
template <class Word, Word polynomial>
constexpr long long fold_factor(unsigned bits) {
    return static_cast<long long>(power_of_x<Word, polynomial>(bits - 1));
}

[[gnu::target("pclmul,sse4.1"), gnu::always_inline]] inline __m128i fold(__m128i value,
                                                                         __m128i factors,
                                                                         __m128i next) {
    const __m128i first_half = _mm_clmulepi64_si128(value, factors, 0x00);
    const __m128i second_half = _mm_clmulepi64_si128(value, factors, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first_half, second_half), next);
}

/// Carry-less multiplication, 64 bytes a step, after V. Gopal et al., "Fast CRC Computation for
/// Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009).
///
/// Moving 16 bytes by d bits towards the end of the message multiplies their first half by x^(d+64)
/// and their second by x^d. What is left are 16 bytes that leave the same remainder as the message,
/// and the tables take those.
template <class Word, Word polynomial>
[[gnu::target("pclmul,sse4.1")]] Word by_folding(Word state, std::span<const std::byte> bytes) {
    if (bytes.size() < 64) {
        return by_tables<Word, polynomial>(state, bytes);
    }
    constexpr auto factor = fold_factor<Word, polynomial>;
    constexpr long long far_first = factor(512 + 64);
    constexpr long long far_second = factor(512);
    constexpr long long near_first = factor(128 + 64);
    constexpr long long near_second = factor(128);
    const __m128i far_factors = _mm_set_epi64x(far_second, far_first);
    const __m128i near_factors = _mm_set_epi64x(near_second, near_first);

    const auto* from = static_cast<const __m128i*>(static_cast<const void*>(bytes.data()));
    const auto* const end = from + bytes.size() / 16;
    __m128i lane0 = _mm_xor_si128(_mm_loadu_si128(from),
                                  _mm_set_epi64x(0, static_cast<long long>(std::uint64_t{state})));
    __m128i lane1 = _mm_loadu_si128(from + 1);
    __m128i lane2 = _mm_loadu_si128(from + 2);
    __m128i lane3 = _mm_loadu_si128(from + 3);
    for (from += 4; end - from >= 4; from += 4) {
        lane0 = fold(lane0, far_factors, _mm_loadu_si128(from));
        lane1 = fold(lane1, far_factors, _mm_loadu_si128(from + 1));
        lane2 = fold(lane2, far_factors, _mm_loadu_si128(from + 2));
        lane3 = fold(lane3, far_factors, _mm_loadu_si128(from + 3));
    }
    lane1 = fold(lane0, near_factors, lane1);
    lane2 = fold(lane1, near_factors, lane2);
    lane3 = fold(lane2, near_factors, lane3);
    for (; from != end; ++from) {
        lane3 = fold(lane3, near_factors, _mm_loadu_si128(from));
    }
    std::array<std::byte, 16> folded;
    std::memcpy(folded.data(), &lane3, folded.size());
    state = by_tables<Word, polynomial>(0, folded);
    return by_tables<Word, polynomial>(state, bytes.last(bytes.size() % 16));
}

inline bool can_fold() {
    return __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("sse4.1") != 0;
}

[[gnu::target("avx512f,vpclmulqdq"), gnu::always_inline]] inline __m512i fold_wide(__m512i value,
                                                                                   __m512i factors,
                                                                                   __m512i next) {
    constexpr int xor_of_three = 0x96;
    return _mm512_ternarylogic_epi64(_mm512_clmulepi64_epi128(value, factors, 0x00),
                                     _mm512_clmulepi64_epi128(value, factors, 0x11), next,
                                     xor_of_three);
}

/// by_folding() with four times its width, 256 bytes a step: more than three times as fast where
/// the bytes are in the processor's cache.
template <class Word, Word polynomial>
[[gnu::target("avx512f,vpclmulqdq")]] Word by_wide_folding(Word state,
                                                           std::span<const std::byte> bytes) {
    if (bytes.size() < 512) {
        return by_folding<Word, polynomial>(state, bytes);
    }
    constexpr auto factor = fold_factor<Word, polynomial>;
    constexpr long long far_first = factor(2048 + 64);
    constexpr long long far_second = factor(2048);
    constexpr long long near_first = factor(512 + 64);
    constexpr long long near_second = factor(512);
    const __m512i far_factors = _mm512_set4_epi64(far_second, far_first, far_second, far_first);
    const __m512i near_factors =
        _mm512_set4_epi64(near_second, near_first, near_second, near_first);

    constexpr std::size_t width = sizeof(__m512i);
    const std::byte* from = bytes.data();
    __m512i lane0 = _mm512_xor_si512(
        _mm512_loadu_si512(from),
        _mm512_set_epi64(0, 0, 0, 0, 0, 0, 0, static_cast<long long>(std::uint64_t{state})));
    __m512i lane1 = _mm512_loadu_si512(from + width);
    __m512i lane2 = _mm512_loadu_si512(from + 2 * width);
    __m512i lane3 = _mm512_loadu_si512(from + 3 * width);
    std::size_t done = 4 * width;
    for (; bytes.size() - done >= 4 * width; done += 4 * width) {
        lane0 = fold_wide(lane0, far_factors, _mm512_loadu_si512(from + done));
        lane1 = fold_wide(lane1, far_factors, _mm512_loadu_si512(from + done + width));
        lane2 = fold_wide(lane2, far_factors, _mm512_loadu_si512(from + done + 2 * width));
        lane3 = fold_wide(lane3, far_factors, _mm512_loadu_si512(from + done + 3 * width));
    }
    lane1 = fold_wide(lane0, near_factors, lane1);
    lane2 = fold_wide(lane1, near_factors, lane2);
    lane3 = fold_wide(lane2, near_factors, lane3);
    std::array<std::byte, width> folded;
    _mm512_storeu_si512(folded.data(), lane3);
    state = by_folding<Word, polynomial>(0, folded);
    return by_folding<Word, polynomial>(state, bytes.subspan(done));
}

inline bool can_fold_wide() {
    return can_fold() && __builtin_cpu_supports("avx512f") != 0 &&
           __builtin_cpu_supports("vpclmulqdq") != 0;
}

#endif

}  // namespace slipway::codec::crc_kernels
