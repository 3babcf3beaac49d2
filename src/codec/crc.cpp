// SPDX-License-Identifier: Apache-2.0
#include "codec/crc.h"

#include "codec/crc_kernels.h"

namespace slipway::codec {
namespace {

template <class Word, Word polynomial>
auto best_kernel() {
#if defined(__x86_64__)
    if (crc_kernels::can_fold_wide()) {
        return crc_kernels::by_wide_folding<Word, polynomial>;
    }
    if (crc_kernels::can_fold()) {
        return crc_kernels::by_folding<Word, polynomial>;
    }
#endif
    return crc_kernels::by_tables<Word, polynomial>;
}

/// The polynomial 1: in reflected words the highest bit is the lowest power.
template <class Word>
constexpr Word one = static_cast<Word>(Word{1} << (8 * sizeof(Word) - 1));

/// a * b modulo the polynomial.
template <class Word, Word polynomial>
Word multiply(Word a, Word b) {
    Word product = 0;
    for (Word power = one<Word>; power != 0; power = static_cast<Word>(power >> 1)) {
        if ((a & power) != 0) {
            product ^= b;
        }
        b = static_cast<Word>((b >> 1) ^ ((b & 1) != 0 ? polynomial : 0));
    }
    return product;
}

/// x^(8 * bytes): what so many bytes that follow do to the value of those before.
template <class Word, Word polynomial>
Word shift_by(std::uint64_t bytes) {
    Word shift = one<Word>;
    Word square = static_cast<Word>(one<Word> >> 8);
    for (; bytes > 0; bytes >>= 1) {
        if ((bytes & 1) != 0) {
            shift = multiply<Word, polynomial>(shift, square);
        }
        square = multiply<Word, polynomial>(square, square);
    }
    return shift;
}

}  // namespace

template <class Word, Word polynomial>
void Crc<Word, polynomial>::update(std::span<const std::byte> bytes) {
    static const auto kernel = best_kernel<Word, polynomial>();
    state_ = kernel(state_, bytes);
}

template <class Word, Word polynomial>
std::array<std::byte, sizeof(Word)> Crc<Word, polynomial>::bytes() const {
    std::array<std::byte, sizeof(Word)> out;
    for (std::size_t i = 0; i < sizeof(Word); ++i) {
        out[i] = static_cast<std::byte>((value() >> (8 * (sizeof(Word) - 1 - i))) & 0xff);
    }
    return out;
}

// The inversions at start and end of both values cancel each other.
template <class Word, Word polynomial>
Word Crc<Word, polynomial>::combine(Word first, Word second, std::uint64_t second_bytes) {
    const Word shift = shift_by<Word, polynomial>(second_bytes);
    return static_cast<Word>(multiply<Word, polynomial>(shift, first) ^ second);
}

template class Crc<std::uint32_t, 0xedb88320U>;
template class Crc<std::uint32_t, 0x82f63b78U>;
template class Crc<std::uint64_t, 0x9a6c9329ac4bc9b5U>;

}  // namespace slipway::codec
