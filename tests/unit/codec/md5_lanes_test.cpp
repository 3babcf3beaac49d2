// SPDX-License-Identifier: Apache-2.0
#include "codec/md5_lanes.h"

#include "codec/hex.h"
#include "codec/md5_kernels.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace slipway::codec {
namespace {

using Ways = std::vector<md5_kernels::Kernel>;

/// Each way this processor has, from two streams on; the one without any; all of them together.
std::vector<Ways> all_ways() {
    std::vector<Ways> all = {{}, md5_kernels::usable()};
    for (md5_kernels::Kernel kernel : md5_kernels::usable()) {
        kernel.worth_from = 2;
        all.push_back({kernel});
    }
    return all;
}

std::string name_of(const Ways& ways) {
    std::string name = "by";
    for (const auto& kernel : ways) {
        name += std::string(" ") + kernel.name;
    }
    return name;
}

std::vector<std::string> hashed_together(const std::vector<std::string>& texts, const Ways& ways) {
    std::vector<Md5> hashes(texts.size());
    std::vector<Md5Piece> pieces;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        pieces.push_back({&hashes[i], std::as_bytes(std::span(texts[i]))});
    }
    md5_update_together(pieces, ways);
    std::vector<std::string> digests;
    for (Md5& hash : hashes) {
        digests.push_back(hex_encode(hash.finish()));
    }
    return digests;
}

std::string random_text(std::mt19937& random, std::size_t size) {
    std::string text(size, '\0');
    for (char& c : text) {
        c = static_cast<char>(random());
    }
    return text;
}

TEST(Md5Lanes, PublishedValues) {
    // RFC 1321, A.5.
    const std::vector<std::string> texts = {
        "",
        "a",
        "abc",
        "message digest",
        "abcdefghijklmnopqrstuvwxyz",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890"};
    const std::vector<std::string> digests = {
        "d41d8cd98f00b204e9800998ecf8427e", "0cc175b9c0f1b6a831c399e269772661",
        "900150983cd24fb0d6963f7d28e17f72", "f96b697d7cb7938d525a2f31aaf161d0",
        "c3fcd3d76192e4007dfb496cca67e13b", "d174ab98d277d9f5a5611c2c9f419d9f",
        "57edf4a22be3c955ac49da2e2107b67a"};
    for (const Ways& ways : all_ways()) {
        EXPECT_EQ(hashed_together(texts, ways), digests) << name_of(ways);
    }
}

TEST(Md5Lanes, EveryNumberOfStreamsOfAnyLength) {
    std::mt19937 random(1);
    for (const Ways& ways : all_ways()) {
        for (std::size_t streams = 0; streams <= 40; ++streams) {
            std::vector<std::string> texts;
            std::vector<std::string> expected;
            for (std::size_t i = 0; i < streams; ++i) {
                texts.push_back(random_text(random, random() % 2000));
                expected.push_back(hex_encode(md5(texts.back())));
            }
            EXPECT_EQ(hashed_together(texts, ways), expected)
                << name_of(ways) << ", " << streams << " streams";
        }
    }
}

/// Streams in pieces of any length, in changing company: what hash lanes of the store do.
TEST(Md5Lanes, PiecesInChangingCompanyMakeTheWhole) {
    std::mt19937 random(2);
    for (const Ways& ways : all_ways()) {
        constexpr std::size_t streams = 24;
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < streams; ++i) {
            texts.push_back(random_text(random, 5000 + random() % 3000));
        }
        std::vector<Md5> hashes(streams);
        std::vector<std::size_t> done(streams);
        for (bool more = true; more;) {
            more = false;
            std::vector<Md5Piece> pieces;
            for (std::size_t i = 0; i < streams; ++i) {
                more = more || done[i] < texts[i].size();
                if (random() % 3 != 0) {
                    const auto piece = std::string_view(texts[i]).substr(done[i], random() % 700);
                    pieces.push_back({&hashes[i], std::as_bytes(std::span(piece))});
                    done[i] += piece.size();
                }
            }
            md5_update_together(pieces, ways);
        }
        for (std::size_t i = 0; i < streams; ++i) {
            EXPECT_EQ(hashes[i].finish(), md5(texts[i])) << name_of(ways) << ", stream " << i;
        }
    }
}

TEST(Md5Lanes, TheLengthIsCountedBeyond32Bits) {
    // 512 MiB are 2^32 bits, whose count is part of what is hashed.
    const std::string text(1 << 20, 'x');
    Md5 before;
    for (int i = 0; i < 511; ++i) {
        before.update(text);
    }
    std::vector<Md5> hashes(2, before);
    for (int i = 0; i < 2; ++i) {
        before.update(text);
        const std::vector<Md5Piece> pieces = {{&hashes[0], std::as_bytes(std::span(text))},
                                              {&hashes[1], std::as_bytes(std::span(text))}};
        md5_update_together(pieces);
    }
    const auto digest = before.finish();
    EXPECT_EQ(hashes[0].finish(), digest);
    EXPECT_EQ(hashes[1].finish(), digest);
}

TEST(Md5Lanes, ThereIsOneAtLeastAndNoMoreThanKernelsMayHave) {
    EXPECT_GE(md5_lanes(), 1U);
    EXPECT_LE(md5_lanes(), md5_kernels::lanes_max);
}

}  // namespace
}  // namespace slipway::codec
