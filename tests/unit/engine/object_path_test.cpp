// SPDX-License-Identifier: Apache-2.0
#include "engine/object_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::engine {
namespace {

using ::testing::HasSubstr;

TEST(ObjectPath, NamesAreTakenAsTheyAre) {
    for (const char* path :
         {"a", "a/b/c", "..a", "a..", "...", "a b", "a\\..\\b", "-", "\xc3\xa4"}) {
        EXPECT_TRUE(check_object_path(path)) << path;
    }
    EXPECT_TRUE(check_object_path(std::string(255, 'a') + "/b"));
}

TEST(ObjectPath, WhatLeadsElsewhereIsRefused) {
    for (const char* path : {"", "/", "/a", "a/", "a//b", ".", "..", "./a", "a/.", "../a", "a/..",
                             "a/../b", "a/./b"}) {
        const auto checked = check_object_path(path);
        ASSERT_FALSE(checked) << path;
        EXPECT_EQ(checked.error().kind, ErrorKind::invalid_argument);
    }
    EXPECT_THAT(check_object_path("a/../b").error().message, HasSubstr("'..'"));
    EXPECT_FALSE(check_object_path(std::string_view("a\0b", 3)));
    EXPECT_THAT(check_object_path("a/" + std::string(256, 'k')).error().message,
                HasSubstr("256 bytes"));
}

TEST(ObjectPath, TheLastPartIsTheName) {
    EXPECT_EQ(last_part("a/b/c.jpg"), "c.jpg");
    EXPECT_EQ(last_part("c.jpg"), "c.jpg");
    EXPECT_EQ(last_part("a/"), "");
}

}  // namespace
}  // namespace slipway::engine
