// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace slipway::codec {

/// A running cyclic redundancy check, bits reflected, started and ended by inversion: the form all
/// CRCs of S3 have. `polynomial` is reflected too.
///
/// Uses carry-less multiplication where the processor has it (found out at run time), tables
/// elsewhere.
template <class Word, Word polynomial>
class Crc {
  public:
    using Value = Word;

    void update(std::span<const std::byte> bytes);
    void update(std::string_view bytes) { update(std::as_bytes(std::span(bytes))); }

    Word value() const { return static_cast<Word>(~state_); }
    /// The value as S3 writes it before base64: most significant byte first.
    std::array<std::byte, sizeof(Word)> bytes() const;

    /// The value of two runs of bytes one after the other, from the value of each: what makes the
    /// checksum of an object out of those of its parts. Some 100 multiplications of polynomials.
    static Word combine(Word first, Word second, std::uint64_t second_bytes);

  private:
    Word state_ = static_cast<Word>(~Word{0});
};

using Crc32 = Crc<std::uint32_t, 0xedb88320U>;
using Crc32c = Crc<std::uint32_t, 0x82f63b78U>;
using Crc64Nvme = Crc<std::uint64_t, 0x9a6c9329ac4bc9b5U>;

extern template class Crc<std::uint32_t, 0xedb88320U>;
extern template class Crc<std::uint32_t, 0x82f63b78U>;
extern template class Crc<std::uint64_t, 0x9a6c9329ac4bc9b5U>;

}  // namespace slipway::codec
