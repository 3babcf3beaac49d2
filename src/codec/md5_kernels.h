// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// MD5 (RFC 1321) of several streams in one pass, a stream in each 32-bit lane of a register, for
/// md5_lanes.cpp and its tests. MD5 is one long chain of additions, so a processor that follows it
/// for one stream is mostly idle; following it for 16 takes hardly longer.
namespace slipway::codec::md5_kernels {

inline constexpr std::size_t block_bytes = 64;
inline constexpr std::size_t lanes_max = 16;

/// One stream: the words A, B, C, D of its hash so far, and the blocks that come next.
struct Stream {
    std::array<std::uint32_t, 4> words;
    const std::byte* from;
};

/// Takes `blocks` blocks of each of the streams, 1 to `lanes` of them, into their words. What they
/// are `from` stays.
struct Kernel {
    const char* name;
    std::size_t worth_from;  // so many streams; fewer are faster in another way
    std::size_t lanes;
    void (*advance)(std::span<Stream> streams, std::size_t blocks);
};

/// The constants of RFC 1321, section 3.4: floor(2^32 * |sin(i + 1)|).
inline constexpr std::array<std::uint32_t, 64> sines = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

/// By how much step i rotates.
constexpr int rotation(std::size_t i) {
    constexpr std::array<std::array<int, 4>, 4> rotations = {
        {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};
    return rotations[i / 16][i % 4];
}

/// Which word of the block step i adds.
constexpr std::size_t word(std::size_t i) {
    constexpr std::array<std::size_t, 4> factors = {1, 5, 3, 7};
    constexpr std::array<std::size_t, 4> offsets = {0, 1, 5, 0};
    return (factors[i / 16] * i + offsets[i / 16]) % 16;
}

/// The streams turned by a right angle: one word of all lanes in a row.
template <std::size_t lanes>
struct Rows {
    alignas(64) std::array<std::array<std::uint32_t, lanes>, 4> words;
    std::array<const std::byte*, lanes> from;

    explicit Rows(std::span<const Stream> streams) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            // Lanes that nobody needs do the first one's work again.
            const Stream& stream = streams[lane < streams.size() ? lane : 0];
            from[lane] = stream.from;
            for (std::size_t w = 0; w < words.size(); ++w) {
                words[w][lane] = stream.words[w];
            }
        }
    }

    void next_block() {
        for (const std::byte*& at : from) {
            at += block_bytes;
        }
    }

    void give(std::span<Stream> streams) const {
        for (std::size_t lane = 0; lane < streams.size(); ++lane) {
            for (std::size_t w = 0; w < words.size(); ++w) {
                streams[lane].words[w] = words[w][lane];
            }
        }
    }
};

using Words = std::array<std::uint32_t, 4>;

template <std::size_t i>
[[gnu::always_inline]] inline void step(Words& r, const std::byte* block) {
    const std::uint32_t b = r[(65 - i) % 4];
    const std::uint32_t c = r[(66 - i) % 4];
    const std::uint32_t d = r[(67 - i) % 4];
    std::uint32_t early;
    std::memcpy(&early, block + 4 * word(i), sizeof early);
    early += sines[i] + r[(64 - i) % 4];
    std::uint32_t mixed;
    if constexpr (i < 16) {  // F: b ? c : d
        mixed = d ^ (b & (c ^ d));
    } else if constexpr (i < 32) {  // G: d ? b : c
        early += c & ~d;
        mixed = b & d;
    } else if constexpr (i < 48) {  // H
        mixed = b ^ (c ^ d);
    } else {  // I
        mixed = c ^ (b | ~d);
    }
    r[(64 - i) % 4] = b + std::rotl(early + mixed, rotation(i));
}

template <std::size_t... i>
[[gnu::always_inline]] inline void steps(Words& first,
                                         const std::byte* first_block,
                                         Words& second,
                                         const std::byte* second_block,
                                         std::index_sequence<i...>) {
    ((step<i>(first, first_block), step<i>(second, second_block)), ...);
}

/// Two streams in turn, in ordinary registers: their chains overlap.
inline void by_pairs(std::span<Stream> streams, std::size_t blocks) {
    Words first = streams.front().words;
    Words second = streams.back().words;
    const std::byte* first_from = streams.front().from;
    const std::byte* second_from = streams.back().from;
    for (; blocks > 0; --blocks) {
        const Words first_before = first;
        const Words second_before = second;
        steps(first, first_from, second, second_from, std::make_index_sequence<64>());
        for (std::size_t w = 0; w < first.size(); ++w) {
            first[w] += first_before[w];
            second[w] += second_before[w];
        }
        first_from += block_bytes;
        second_from += block_bytes;
    }
    streams.front().words = first;
    streams.back().words = second;
}

#if defined(__x86_64__)

// Both kernels below have the same shape. A target cannot be a template's parameter, hence twice.

/// Word w of the hashes or blocks of all lanes is in register w.
struct Registers8 {
    __m256i word[4];
};
struct Block8 {
    __m256i word[16];
};

template <std::size_t i>
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i mix8(__m256i b, __m256i c, __m256i d) {
    if constexpr (i < 16) {  // F: b ? c : d
        return _mm256_xor_si256(d, _mm256_and_si256(b, _mm256_xor_si256(c, d)));
    } else if constexpr (i < 32) {  // G: d ? b : c
        return _mm256_xor_si256(c, _mm256_and_si256(d, _mm256_xor_si256(b, c)));
    } else if constexpr (i < 48) {  // H
        return _mm256_xor_si256(b, _mm256_xor_si256(c, d));
    } else {  // I: c ^ (b | ~d)
        const __m256i not_d = _mm256_xor_si256(d, _mm256_set1_epi32(-1));
        return _mm256_xor_si256(c, _mm256_or_si256(b, not_d));
    }
}

template <std::size_t i>
[[gnu::target("avx2"), gnu::always_inline]] inline void step8(Registers8& r, const Block8& block) {
    constexpr int bits = rotation(i);
    const __m256i b = r.word[(65 - i) % 4];
    __m256i early =
        _mm256_add_epi32(block.word[word(i)], _mm256_set1_epi32(static_cast<int>(sines[i])));
    early = _mm256_add_epi32(early, r.word[(64 - i) % 4]);
    // Else the compiler reorders the additions, and the one chain that all waits for is longer.
    asm("" : "+x"(early));
    const __m256i sum =
        _mm256_add_epi32(early, mix8<i>(b, r.word[(66 - i) % 4], r.word[(67 - i) % 4]));
    const __m256i rotated =
        _mm256_or_si256(_mm256_slli_epi32(sum, bits), _mm256_srli_epi32(sum, 32 - bits));
    r.word[(64 - i) % 4] = _mm256_add_epi32(b, rotated);
}

template <std::size_t... i>
[[gnu::target("avx2"), gnu::always_inline]] inline void steps8(Registers8& r,
                                                               const Block8& block,
                                                               std::index_sequence<i...>) {
    (step8<i>(r, block), ...);
}

/// Half a block of each of eight streams, `at` bytes from where they are: eight words, from `first`
/// on.
[[gnu::target("avx2"), gnu::always_inline]] inline void load8(
    const std::array<const std::byte*, 8>& from, std::size_t at, Block8& block, std::size_t first) {
    const auto row = [&](std::size_t i) __attribute__((target("avx2"), always_inline)) {
        return _mm256_loadu_si256(
            static_cast<const __m256i*>(static_cast<const void*>(from[i] + at)));
    };
    Registers8 quads[2];  // [g][j]: words j and 4 + j of four streams
    for (std::size_t g = 0; g < 2; ++g) {
        const __m256i low01 = _mm256_unpacklo_epi32(row(4 * g), row(4 * g + 1));
        const __m256i high01 = _mm256_unpackhi_epi32(row(4 * g), row(4 * g + 1));
        const __m256i low23 = _mm256_unpacklo_epi32(row(4 * g + 2), row(4 * g + 3));
        const __m256i high23 = _mm256_unpackhi_epi32(row(4 * g + 2), row(4 * g + 3));
        quads[g] = {_mm256_unpacklo_epi64(low01, low23), _mm256_unpackhi_epi64(low01, low23),
                    _mm256_unpacklo_epi64(high01, high23), _mm256_unpackhi_epi64(high01, high23)};
    }
    for (std::size_t j = 0; j < 4; ++j) {
        block.word[first + j] = _mm256_permute2x128_si256(quads[0].word[j], quads[1].word[j], 0x20);
        block.word[first + 4 + j] =
            _mm256_permute2x128_si256(quads[0].word[j], quads[1].word[j], 0x31);
    }
}

/// Eight lanes.
[[gnu::target("avx2")]] inline void by_avx2(std::span<Stream> streams, std::size_t blocks) {
    Rows<8> rows(streams);
    Registers8 state;
    std::memcpy(&state, rows.words.data(), sizeof state);
    for (; blocks > 0; --blocks, rows.next_block()) {
        Block8 block;
        load8(rows.from, 0, block, 0);
        load8(rows.from, block_bytes / 2, block, 8);
        Registers8 next = state;
        steps8(next, block, std::make_index_sequence<64>());
        for (std::size_t w = 0; w < 4; ++w) {
            state.word[w] = _mm256_add_epi32(state.word[w], next.word[w]);
        }
    }
    std::memcpy(rows.words.data(), &state, sizeof state);
    rows.give(streams);
}

struct Registers16 {
    __m512i word[4];
};
struct Block16 {
    __m512i word[16];
};

template <std::size_t i>
[[gnu::target("avx512f"), gnu::always_inline]] inline void step16(Registers16& r,
                                                                  const Block16& block) {
    // RFC 1321's F, G, H and I as truth tables of (b, c, d).
    constexpr std::array<int, 4> mixes = {0xca, 0xe4, 0x96, 0x39};
    constexpr int mix = mixes[i / 16];
    constexpr int bits = rotation(i);
    const __m512i b = r.word[(65 - i) % 4];
    __m512i early =
        _mm512_add_epi32(block.word[word(i)], _mm512_set1_epi32(static_cast<int>(sines[i])));
    early = _mm512_add_epi32(early, r.word[(64 - i) % 4]);
    // Else the compiler reorders the additions, and the one chain that all waits for is longer.
    asm("" : "+v"(early));
    const __m512i mixed =
        _mm512_ternarylogic_epi32(b, r.word[(66 - i) % 4], r.word[(67 - i) % 4], mix);
    const __m512i rotated = _mm512_rol_epi32(_mm512_add_epi32(early, mixed), bits);
    r.word[(64 - i) % 4] = _mm512_add_epi32(b, rotated);
}

template <std::size_t... i>
[[gnu::target("avx512f"), gnu::always_inline]] inline void steps16(Registers16& r,
                                                                   const Block16& block,
                                                                   std::index_sequence<i...>) {
    (step16<i>(r, block), ...);
}

/// A block of each of sixteen streams.
[[gnu::target("avx512f"), gnu::always_inline]] inline void load16(
    const std::array<const std::byte*, 16>& from, Block16& block) {
    Registers16 quads[4];  // [g][j]: words j, 4 + j, ... of four streams
    for (std::size_t g = 0; g < 4; ++g) {
        const __m512i row0 = _mm512_loadu_si512(from[4 * g]);
        const __m512i row1 = _mm512_loadu_si512(from[4 * g + 1]);
        const __m512i row2 = _mm512_loadu_si512(from[4 * g + 2]);
        const __m512i row3 = _mm512_loadu_si512(from[4 * g + 3]);
        const __m512i low01 = _mm512_unpacklo_epi32(row0, row1);
        const __m512i high01 = _mm512_unpackhi_epi32(row0, row1);
        const __m512i low23 = _mm512_unpacklo_epi32(row2, row3);
        const __m512i high23 = _mm512_unpackhi_epi32(row2, row3);
        quads[g] = {_mm512_unpacklo_epi64(low01, low23), _mm512_unpackhi_epi64(low01, low23),
                    _mm512_unpacklo_epi64(high01, high23), _mm512_unpackhi_epi64(high01, high23)};
    }
    constexpr int even = 0x88;
    constexpr int odd = 0xdd;
    for (std::size_t j = 0; j < 4; ++j) {
        const __m512i even01 = _mm512_shuffle_i32x4(quads[0].word[j], quads[1].word[j], even);
        const __m512i even23 = _mm512_shuffle_i32x4(quads[2].word[j], quads[3].word[j], even);
        const __m512i odd01 = _mm512_shuffle_i32x4(quads[0].word[j], quads[1].word[j], odd);
        const __m512i odd23 = _mm512_shuffle_i32x4(quads[2].word[j], quads[3].word[j], odd);
        block.word[j] = _mm512_shuffle_i32x4(even01, even23, even);
        block.word[4 + j] = _mm512_shuffle_i32x4(odd01, odd23, even);
        block.word[8 + j] = _mm512_shuffle_i32x4(even01, even23, odd);
        block.word[12 + j] = _mm512_shuffle_i32x4(odd01, odd23, odd);
    }
}

/// Sixteen lanes, with rotations and functions of three values in one instruction each.
[[gnu::target("avx512f")]] inline void by_avx512(std::span<Stream> streams, std::size_t blocks) {
    Rows<16> rows(streams);
    Registers16 state;
    std::memcpy(&state, rows.words.data(), sizeof state);
    for (; blocks > 0; --blocks, rows.next_block()) {
        Block16 block;
        load16(rows.from, block);
        Registers16 next = state;
        steps16(next, block, std::make_index_sequence<64>());
        for (std::size_t w = 0; w < 4; ++w) {
            state.word[w] = _mm512_add_epi32(state.word[w], next.word[w]);
        }
    }
    std::memcpy(rows.words.data(), &state, sizeof state);
    rows.give(streams);
}

#endif

/// Those that this processor can run; of two that are worth it, the later one is faster.
inline std::vector<Kernel> usable() {
    std::vector<Kernel> kernels;
    if constexpr (std::endian::native == std::endian::little) {
        kernels.push_back({"pairs", 2, 2, by_pairs});
    }
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") != 0) {
        kernels.push_back({"AVX2", 5, 8, by_avx2});
    }
    if (__builtin_cpu_supports("avx512f") != 0) {
        kernels.push_back({"AVX-512", 3, 16, by_avx512});
    }
#endif
    return kernels;
}

}  // namespace slipway::codec::md5_kernels
