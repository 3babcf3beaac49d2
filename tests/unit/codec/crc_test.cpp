// SPDX-License-Identifier: Apache-2.0
#include "codec/crc.h"

#include "codec/crc_kernels.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>
#include <vector>

namespace slipway::codec {
namespace {

std::vector<std::byte> random_bytes(std::size_t size) {
    std::mt19937 random(static_cast<unsigned>(size));
    std::vector<std::byte> bytes(size);
    for (std::byte& b : bytes) {
        b = static_cast<std::byte>(random());
    }
    return bytes;
}

template <class Check>
typename Check::Value crc_of(std::string_view text) {
    Check check;
    check.update(text);
    return check.value();
}

TEST(Crc, PublishedCheckValues) {
    EXPECT_EQ(crc_of<Crc32>("123456789"), 0xcbf43926U);
    EXPECT_EQ(crc_of<Crc32c>("123456789"), 0xe3069283U);
    EXPECT_EQ(crc_of<Crc64Nvme>("123456789"), 0xae8b14860a799888U);
    // RFC 3720 B.4: 32 bytes of zeros, of ones.
    EXPECT_EQ(crc_of<Crc32c>(std::string(32, '\0')), 0x8a9136aaU);
    EXPECT_EQ(crc_of<Crc32c>(std::string(32, '\xff')), 0x62a8ab43U);
    // NVM Express base specification, 64b CRC: 4 KiB of zeros, of ones.
    EXPECT_EQ(crc_of<Crc64Nvme>(std::string(4096, '\0')), 0x6482d367eb22b64eU);
    EXPECT_EQ(crc_of<Crc64Nvme>(std::string(4096, '\xff')), 0xc0ddba7302eca3acU);
}

TEST(Crc, NothingIsZero) {
    EXPECT_EQ(Crc32().value(), 0U);
    EXPECT_EQ(Crc64Nvme().value(), 0U);
}

TEST(Crc, BytesStandMostSignificantFirst) {
    Crc32c check;
    check.update("123456789");
    EXPECT_EQ(check.bytes(),
              (std::array{std::byte{0xe3}, std::byte{0x06}, std::byte{0x92}, std::byte{0x83}}));
}

TEST(Crc, Crc32IsThatOfZlib) {
    const auto bytes = random_bytes(100'000);
    Crc32 check;
    check.update(bytes);
    const auto* data = static_cast<const unsigned char*>(static_cast<const void*>(bytes.data()));
    EXPECT_EQ(check.value(), ::crc32(0, data, static_cast<unsigned>(bytes.size())));
}

template <class Check>
void expect_pieces_make_the_whole() {
    const auto bytes = random_bytes(5000);
    std::mt19937 random(3);
    Check whole;
    whole.update(bytes);
    for (int round = 0; round < 200; ++round) {
        Check pieces;
        std::span<const std::byte> rest = bytes;
        while (!rest.empty()) {
            const std::size_t size = std::min<std::size_t>(random() % 600, rest.size());
            pieces.update(rest.first(size));
            rest = rest.subspan(size);
        }
        ASSERT_EQ(pieces.value(), whole.value()) << round;
    }
}

TEST(Crc, PiecesMakeTheWhole) {
    expect_pieces_make_the_whole<Crc32>();
    expect_pieces_make_the_whole<Crc32c>();
    expect_pieces_make_the_whole<Crc64Nvme>();
}

template <class Check>
void expect_combined(typename Check::Value whole) {
    const std::string_view text = "123456789";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        const auto first = crc_of<Check>(text.substr(0, cut));
        const auto second = crc_of<Check>(text.substr(cut));
        EXPECT_EQ(Check::combine(first, second, text.size() - cut), whole) << cut;
    }
}

TEST(Crc, ValuesOfPiecesMakeThatOfTheWhole) {
    expect_combined<Crc32>(0xcbf43926U);
    expect_combined<Crc32c>(0xe3069283U);
    expect_combined<Crc64Nvme>(0xae8b14860a799888U);
    const std::string zeros(2048, '\0');
    const auto half = crc_of<Crc64Nvme>(zeros);
    EXPECT_EQ(Crc64Nvme::combine(half, half, 2048), 0x6482d367eb22b64eU) << "NVM Express, 4 KiB";
}

TEST(Crc, CombiningIsThatOfZlibAlsoBeyond4GiB) {
    for (const std::uint64_t size : {0ULL, 1ULL, 100'000ULL, 5ULL << 30, (1ULL << 40) + 7}) {
        const auto expected =
            ::crc32_combine64(0x12345678, 0x9abcdef0, static_cast<z_off64_t>(size));
        EXPECT_EQ(Crc32::combine(0x12345678, 0x9abcdef0, size), expected) << size;
    }
}

#if defined(__x86_64__)

template <class Word, Word polynomial>
void expect_as_tables(Word (*kernel)(Word, std::span<const std::byte>)) {
    const auto bytes = random_bytes(2000);
    const std::span<const std::byte> all = bytes;
    for (std::size_t start = 0; start < 17; ++start) {
        for (std::size_t size = 0; size < 1200; ++size) {
            const Word state = static_cast<Word>(0x123456789abcdef0U * (size + 1));
            const auto part = all.subspan(start, size);
            const auto folded = kernel(state, part);
            const auto tabled = crc_kernels::by_tables<Word, polynomial>(state, part);
            ASSERT_EQ(folded, tabled) << start << " " << size;
        }
    }
}

TEST(Crc, FoldingAndTablesAgree) {
    if (!crc_kernels::can_fold()) {
        GTEST_SKIP() << "this processor has no carry-less multiplication";
    }
    using namespace crc_kernels;
    expect_as_tables<std::uint32_t, 0xedb88320U>(by_folding<std::uint32_t, 0xedb88320U>);
    expect_as_tables<std::uint32_t, 0x82f63b78U>(by_folding<std::uint32_t, 0x82f63b78U>);
    expect_as_tables<std::uint64_t, 0x9a6c9329ac4bc9b5U>(
        by_folding<std::uint64_t, 0x9a6c9329ac4bc9b5U>);
}

TEST(Crc, WideFoldingAndTablesAgree) {
    if (!crc_kernels::can_fold_wide()) {
        GTEST_SKIP() << "this processor has no carry-less multiplication of 512 bits";
    }
    using namespace crc_kernels;
    expect_as_tables<std::uint32_t, 0xedb88320U>(by_wide_folding<std::uint32_t, 0xedb88320U>);
    expect_as_tables<std::uint32_t, 0x82f63b78U>(by_wide_folding<std::uint32_t, 0x82f63b78U>);
    expect_as_tables<std::uint64_t, 0x9a6c9329ac4bc9b5U>(
        by_wide_folding<std::uint64_t, 0x9a6c9329ac4bc9b5U>);
}

#endif

}  // namespace
}  // namespace slipway::codec
