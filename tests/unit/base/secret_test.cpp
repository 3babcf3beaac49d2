// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ostream>

namespace slipway {
namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
    out << value;
};

TEST(Secret, CannotBeWrittenAnywhereByMistake) {
    EXPECT_FALSE(fmt::is_formattable<Secret>::value);
    EXPECT_FALSE(Streamable<Secret>);
    EXPECT_FALSE((std::is_convertible_v<Secret, std::string>));
    EXPECT_FALSE((std::is_convertible_v<Secret, std::string_view>));
    EXPECT_FALSE((std::is_convertible_v<std::string, Secret>));
}

TEST(Secret, IsShownOnPurposeOnly) {
    const Secret secret("wJalr");
    EXPECT_EQ(secret.reveal(), "wJalr");
    EXPECT_FALSE(secret.empty());
    EXPECT_TRUE(Secret().empty());
    EXPECT_TRUE(secret == Secret("wJalr"));
    EXPECT_FALSE(secret == Secret("wjalr"));
}

TEST(Secret, ComparesEveryByte) {
    using namespace std::string_view_literals;
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_TRUE(equal_in_constant_time("\0\xFF"sv, "\0\xFF"sv));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "xbc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abc\0"sv));
    EXPECT_FALSE(equal_in_constant_time("", "a"));
    // Differences that cancel out in a sum or a XOR of all bytes are seen, and the top bit is.
    EXPECT_FALSE(equal_in_constant_time("ab", "ba"));
    EXPECT_FALSE(equal_in_constant_time("aa", "bb"));
    EXPECT_FALSE(equal_in_constant_time("\x80", "\0"sv));
}

}  // namespace
}  // namespace slipway
