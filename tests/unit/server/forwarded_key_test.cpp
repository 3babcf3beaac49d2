// SPDX-License-Identifier: Apache-2.0
#include "server/forwarded_key.h"

#include "base/limits.h"

#include <gmock/gmock.h>

#include <set>
#include <string>

namespace slipway::server {
namespace {

std::string code_of(std::string_view text) {
    const auto checked = check_key_part("file_type", text);
    return checked ? "" : checked.error().code;
}

TEST(ForwardedKeyTest, HasTheDocumentsForm) {
    const auto key = forwarded_key("kyc_documents", "123", "passport", "Scan 1.PDF");
    ASSERT_TRUE(key);
    EXPECT_THAT(*key,
                ::testing::MatchesRegex("kyc_documents/user_123/passport/[0-9a-f]{32}\\.pdf"));
    EXPECT_THAT(*forwarded_key("general", "username", "raw", "LICENSE"),
                ::testing::MatchesRegex("general/user_username/raw/[0-9a-f]{32}"));
}

TEST(ForwardedKeyTest, NoTwoAreEqual) {
    std::set<std::string> keys;
    for (int i = 0; i < 1000; ++i) {
        keys.insert(*forwarded_key("a", "b", "c", "d.jpg"));
    }
    EXPECT_EQ(keys.size(), 1000U);
}

TEST(ForwardedKeyTest, ExtensionsAreShortAndSafe) {
    EXPECT_EQ(key_extension("a.JPG"), "jpg");
    EXPECT_EQ(key_extension("archive.tar.gz"), "gz");
    EXPECT_EQ(key_extension("C:\\fakepath\\a.mp4"), "mp4");
    EXPECT_EQ(key_extension(""), "");
    EXPECT_EQ(key_extension("none"), "");
    EXPECT_EQ(key_extension(".bashrc"), "");
    EXPECT_EQ(key_extension("a."), "");
    EXPECT_EQ(key_extension("a.p/f"), "");
    EXPECT_EQ(key_extension("a.\xc3\xbc"), "");
    EXPECT_EQ(key_extension("a.b c"), "");
    EXPECT_EQ(key_extension("a." + std::string(17, 'x')), "");
}

TEST(ForwardedKeyTest, NamesAreOnePartOfAKey) {
    for (const std::string_view good :
         {"passport", "document_17", "photos[]", "日本語", "with space", "1.5"}) {
        EXPECT_EQ(code_of(good), "") << good;
    }
    for (const std::string_view bad :
         {"", "a/b", "/", "..", ".", "a..b", "../x", "a\\b", "a\nb", "a\x7f", "\xc2\x85", "\xff"}) {
        EXPECT_EQ(code_of(bad), "invalid_file_type") << bad;
    }
    EXPECT_EQ(code_of(std::string(255, 'x')), "");
    EXPECT_EQ(code_of(std::string(256, 'x')), "invalid_file_type");
    EXPECT_THAT(check_key_part("file_category", "a/b").error().message,
                ::testing::HasSubstr("file_category has a slash"));
}

TEST(ForwardedKeyTest, ATooLongKeyIsRefused) {
    const std::string longest(255, 'x');
    const auto key = forwarded_key(longest, std::string(600, 'u'), longest, "a.jpg");
    EXPECT_EQ(key.error().code, "invalid_file_type");
}

}  // namespace
}  // namespace slipway::server
