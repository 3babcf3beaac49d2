// SPDX-License-Identifier: Apache-2.0
#include "server/request_text.h"

#include <gtest/gtest.h>

#include <string>

namespace slipway::server {
namespace {

TEST(RequestTextTest, ControlCharactersAreThoseOfAsciiAndLatin1) {
    EXPECT_FALSE(has_control_character("naïve 日本語"));
    EXPECT_TRUE(has_control_character("a\tb"));
    EXPECT_TRUE(has_control_character("\x7f"));
    EXPECT_TRUE(has_control_character("a\xc2\x80"));
    EXPECT_FALSE(has_control_character("\xc2\xa0"));
}

TEST(RequestTextTest, MediaTypesHaveTwoParts) {
    EXPECT_TRUE(is_media_type("image/jpeg"));
    EXPECT_TRUE(is_media_type("text/plain; charset=utf-8"));
    EXPECT_FALSE(is_media_type("image"));
    EXPECT_FALSE(is_media_type("/jpeg"));
    EXPECT_FALSE(is_media_type("image/"));
    EXPECT_FALSE(is_media_type("image/jpeg\r\nx: y"));
    EXPECT_FALSE(is_media_type("a b/c"));
    EXPECT_FALSE(is_media_type("a/" + std::string(255, 'x')));
}

}  // namespace
}  // namespace slipway::server
