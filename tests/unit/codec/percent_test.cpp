// SPDX-License-Identifier: Apache-2.0
#include "codec/percent.h"

#include <gtest/gtest.h>

namespace slipway::codec {
namespace {

TEST(Percent, KeepsExactlyTheUnreservedCharacters) {
    const std::string_view unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    EXPECT_EQ(percent_encode(unreserved, false), unreserved);
    for (int c = 0; c < 256; ++c) {
        const std::string byte(1, static_cast<char>(c));
        const bool kept = percent_encode(byte, false) == byte;
        EXPECT_EQ(kept, c != 0 ? unreserved.find(byte) != std::string_view::npos : false) << c;
        EXPECT_EQ(percent_decode(percent_encode(byte, false)).value(), byte);
    }
}

TEST(Percent, SlashStaysInPathsOnly) {
    EXPECT_EQ(percent_encode("a/b c", true), "a/b%20c");
    EXPECT_EQ(percent_encode("a/b c", false), "a%2Fb%20c");
}

TEST(Percent, EncodesUtf8ByteByByte) {
    EXPECT_EQ(percent_encode("\u00fcber \U0001f600.jpg", true), "%C3%BCber%20%F0%9F%98%80.jpg");
}

TEST(Percent, PlusIsASpaceInFormsOnly) {
    EXPECT_EQ(percent_decode("a+b%2b").value(), "a+b+");
    EXPECT_EQ(form_decode("a+b%2b").value(), "a b+");
}

TEST(Percent, DecodesOnce) {
    EXPECT_EQ(percent_decode("%252F").value(), "%2F");
}

TEST(Percent, RefusesABareSign) {
    for (const std::string_view text : {"%", "%4", "a%4g", "%%41", "%-1", "100%"}) {
        EXPECT_FALSE(percent_decode(text)) << text;
    }
    EXPECT_EQ(percent_decode("ab%4").error().message,
              "'%' without two hex digits at byte 2; write a literal '%' as %25");
}

}  // namespace
}  // namespace slipway::codec
