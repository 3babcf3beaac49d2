// SPDX-License-Identifier: Apache-2.0
#include "codec/toml.h"

#include <gtest/gtest.h>

#include <string>

namespace slipway::codec {
namespace {

TEST(ParseToml, LettersBeyondAsciiAreEscapedOrInLinesOfComment) {
    const auto read =
        parse_toml("\xef\xbb\xbf# \xc3\xa9\n\t # \xc3\xa9\na = \"\\u00e9\"\n# \xc3\xa9");
    ASSERT_TRUE(read);
    EXPECT_EQ((*read)["a"].value<std::string>(), "\xc3\xa9");
    for (const char* bad :
         {"a = 1\nb \xc3\xa9 = 1\n", "# \xc3\xa9\nb = 0\"\xc4\x96\"\n", "\nb = 1  # \xc3\xa9",
          "a = 1\nb \xef\xbb\xbf\n", "a = \"\"\"\n#\\\xef\xbb\xbe\"\"\""}) {
        const auto refused = parse_toml(bad);
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().line, 2U) << bad;
        EXPECT_GT(refused.error().column, 2U) << bad;
    }
}

TEST(ParseToml, WhatBeginsNoNameIsRefusedInWords) {
    for (const std::string bad : {"a = 1\n[[= 2", "a = 1\n[\x01]", "a = 1\n[", "a = 1\n = 2"}) {
        const auto refused = parse_toml(bad);
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().line, 2U) << bad;
        EXPECT_FALSE(refused.error().words.empty());
    }
}

}  // namespace
}  // namespace slipway::codec
