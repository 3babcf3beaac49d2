// SPDX-License-Identifier: Apache-2.0
#include "codec/hex.h"

#include <gtest/gtest.h>

namespace slipway::codec {
namespace {

TEST(Hex, ReadsWhatItWrites) {
    std::vector<std::byte> all;
    for (int i = 0; i < 256; ++i) {
        all.push_back(static_cast<std::byte>(i));
    }
    const std::string text = hex_encode(all);
    EXPECT_EQ(text.substr(0, 8), "00010203");
    EXPECT_EQ(text.substr(504), "fcfdfeff");
    EXPECT_EQ(hex_decode(text).value(), all);
    EXPECT_EQ(hex_decode("FF0a").value(), (std::vector{std::byte{0xff}, std::byte{0x0a}}));
}

TEST(Hex, NamesTheBadByte) {
    EXPECT_EQ(hex_decode("abc").error().message, "hex text has an odd length of 3");
    EXPECT_EQ(hex_decode("ab0g").error().message, "not a hex digit at byte 3");
    EXPECT_EQ(hex_decode("ab 0").error().message, "not a hex digit at byte 2");
}

TEST(Hex, KnowsLowerCaseHexOfALength) {
    EXPECT_TRUE(is_lower_hex("00ff", 4));
    EXPECT_FALSE(is_lower_hex("00FF", 4));
    EXPECT_FALSE(is_lower_hex("00ff", 5));
    EXPECT_FALSE(is_lower_hex("00fg", 4));
}

}  // namespace
}  // namespace slipway::codec
