// SPDX-License-Identifier: Apache-2.0
#include "codec/crc.h"

#include "codec/crc_kernels.h"

namespace slipway::codec {
namespace {

template <class Word, Word polynomial>
auto best_kernel() {
#if defined(__x86_64__)
    if (crc_kernels::can_fold()) {
        return crc_kernels::by_folding<Word, polynomial>;
    }
#endif
    return crc_kernels::by_tables<Word, polynomial>;
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

template class Crc<std::uint32_t, 0xedb88320U>;
template class Crc<std::uint32_t, 0x82f63b78U>;
template class Crc<std::uint64_t, 0x9a6c9329ac4bc9b5U>;

}  // namespace slipway::codec
