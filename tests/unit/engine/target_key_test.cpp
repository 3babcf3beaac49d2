// SPDX-License-Identifier: Apache-2.0
#include "engine/target_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::engine {
namespace {

std::string directory(std::string_view path, bool alone, std::string_view prefix) {
    return root_key(prefix, Root{path, RootKind::directory, alone});
}
std::string file(std::string_view path, bool alone, std::string_view prefix) {
    return root_key(prefix, Root{path, RootKind::file, alone});
}

TEST(RootKey, ADirectoryAloneGoesRightBelowThePrefix) {
    EXPECT_EQ(directory("a/photos", true, ""), "");
    EXPECT_EQ(directory("a/photos/", true, "2026/"), "2026/");
    EXPECT_EQ(directory("a/photos", true, "2026"), "2026/");
}

TEST(RootKey, OneOfSeveralDirectoriesKeepsItsName) {
    EXPECT_EQ(directory("a/photos", false, ""), "photos/");
    EXPECT_EQ(directory("photos///", false, "2026"), "2026/photos/");
    EXPECT_EQ(directory("/photos", false, "2026/"), "2026/photos/");
}

TEST(RootKey, ADirectoryWithoutANameKeepsNone) {
    for (const auto path : {".", "./", "..", "a/..", "a/./", "/", "//"}) {
        EXPECT_EQ(directory(path, false, "2026"), "2026/") << path;
        EXPECT_EQ(directory(path, false, ""), "") << path;
    }
    EXPECT_EQ(directory("...", false, ""), ".../");
}

TEST(RootKey, AFileAloneTakesThePrefixForItsKey) {
    EXPECT_EQ(file("a/cat.jpg", true, "2026"), "2026");
    EXPECT_EQ(file("a/cat.jpg", true, "2026/"), "2026/cat.jpg");
    EXPECT_EQ(file("a/cat.jpg", true, ""), "cat.jpg");
}

TEST(RootKey, OneOfSeveralFilesGoesBelowThePrefix) {
    EXPECT_EQ(file("a/cat.jpg", false, "2026"), "2026/cat.jpg");
    EXPECT_EQ(file("cat.jpg", false, "2026/"), "2026/cat.jpg");
    EXPECT_EQ(file("cat.jpg", false, ""), "cat.jpg");
}

TEST(ListedKey, IsThePathBelowThePrefix) {
    EXPECT_EQ(listed_key("", "a/b.jpg"), "a/b.jpg");
    EXPECT_EQ(listed_key("2026", "a/b.jpg"), "2026/a/b.jpg");
    EXPECT_EQ(listed_key("2026/", "./a//./b.jpg"), "2026/a/b.jpg");
    EXPECT_EQ(listed_key("", "/srv/a"), "srv/a");
    EXPECT_EQ(listed_key("", " a b/..."), " a b/...");
}

TEST(ListedKey, RefusesPathsThatGiveNone) {
    for (const auto path : {"../a", "a/../b", "..", "a/.."}) {
        const auto key = listed_key("2026/", path);
        ASSERT_FALSE(key) << path;
        EXPECT_THAT(key.error().message, ::testing::HasSubstr("'..'"));
    }
    for (const auto path : {"", ".", "/", "./"}) {
        EXPECT_FALSE(listed_key("2026/", path)) << path;
    }
}

TEST(ListedKey, OneKeyIsOneFileButForTheSlashAtTheStart) {
    for (const auto path : {"a/b", "./a/b", "a//b", "a/./b", "/a/b"}) {
        EXPECT_EQ(listed_key("", path), "a/b") << path;
    }
}

TEST(KeyIsTaken, NamesBoth) {
    const Error error = key_is_taken("x/a\n", "y/a\n", "to/a\n");
    EXPECT_EQ(error.kind, ErrorKind::already_exists);
    EXPECT_THAT(error.message,
                ::testing::StartsWith(R"(x/a\x0a has the key of y/a\x0a, "to/a\x0a": upload it)"));
}

}  // namespace
}  // namespace slipway::engine
