// SPDX-License-Identifier: Apache-2.0
#include "codec/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace slipway::codec {
namespace {

TEST(Utf8, AcceptsTheEdgesOfEachLength) {
    for (const std::string_view text :
         {"", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
          "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "plain ascii, long enough"}) {
        EXPECT_TRUE(valid_utf8(text)) << text;
    }
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
    for (const std::string_view text :
         {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xe1\x80", "\xed\xa0\x80",
          "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
          "\xc2\x41", "12345678\x80", "\xf0\x9f\x98"}) {
        EXPECT_FALSE(valid_utf8(text)) << text;
        EXPECT_FALSE(valid_utf8(std::string(text) + "z")) << text;
    }
}

TEST(Utf8, SaysHowLongASequenceIs) {
    EXPECT_EQ(utf8_sequence_bytes("a\u00fc"), 1U);
    EXPECT_EQ(utf8_sequence_bytes("\u00fca"), 2U);
    EXPECT_EQ(utf8_sequence_bytes("\u20aca"), 3U);
    EXPECT_EQ(utf8_sequence_bytes("\U0001f600a"), 4U);
    EXPECT_EQ(utf8_sequence_bytes("\xff"), 0U);
    EXPECT_EQ(utf8_sequence_bytes(""), 0U);
}

}  // namespace
}  // namespace slipway::codec
