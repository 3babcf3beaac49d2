// SPDX-License-Identifier: Apache-2.0
#include "catalog/file_names.h"

#include <gtest/gtest.h>

namespace slipway::catalog {
namespace {

TEST(FileNames, KeysAndTheirUser) {
    EXPECT_EQ(key_of("username", "photos/a.jpg"), "username/photos/a.jpg");
    EXPECT_EQ(user_of("username/photos/a.jpg"), "username");
    EXPECT_EQ(user_of("no-slash"), "no-slash");
    EXPECT_EQ(user_of(""), "");
}

TEST(FileNames, ThePlainIdHasDashesForSlashes) {
    EXPECT_EQ(plain_id("username/example1.jpg"), "username-example1.jpg");
    EXPECT_EQ(plain_id("ada/a/b/c d.txt"), "ada-a-b-c d.txt");
}

TEST(FileNames, DistinctIdsTellKeysOfOneLookApart) {
    const auto slash = distinct_id("ada/a/b");
    const auto dash = distinct_id("ada/a-b");
    EXPECT_NE(slash, dash);
    EXPECT_EQ(slash, distinct_id("ada/a/b"));
    EXPECT_EQ(slash.substr(0, 8), "ada-a-b~");
    EXPECT_EQ(slash.size(), 8U + 16U);
}

TEST(FileNames, NumbersStandBeforeTheLastExtension) {
    EXPECT_EQ(numbered("example1.jpg", 1), "example1 (1).jpg");
    EXPECT_EQ(numbered("photos/a.jpg", 2), "photos/a (2).jpg");
    EXPECT_EQ(numbered("a.tar.gz", 3), "a.tar (3).gz");
    EXPECT_EQ(numbered(".bashrc", 1), ".bashrc (1)");
    EXPECT_EQ(numbered("home/.bashrc", 1), "home/.bashrc (1)");
    EXPECT_EQ(numbered(".config.json", 1), ".config (1).json");
    EXPECT_EQ(numbered("README", 1), "README (1)");
    EXPECT_EQ(numbered("v1.2/README", 1), "v1.2/README (1)");
    EXPECT_EQ(numbered("ends with.", 1), "ends with (1).");
}

}  // namespace
}  // namespace slipway::catalog
