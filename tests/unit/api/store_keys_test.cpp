// SPDX-License-Identifier: Apache-2.0
#include "api/store_keys.h"

#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <sys/stat.h>

namespace slipway::api {
namespace {

using testing::HasSubstr;

TEST(ReadKeysFile, OnlyFromAFileThatNotEverybodyCanUse) {
    const test::TemporaryDirectory directory;
    const std::string path = directory.path() + "/keys.toml";
    std::ofstream(path) << "[[keys]]\nid = \"AKID\"\nsecret = \"12345678\"\nbuckets = [\"*\"]\n"
                           "access = \"read\"\n";
    for (const mode_t mode : {0600U, 0640U, 0400U}) {
        ASSERT_EQ(::chmod(path.c_str(), mode), 0);
        const auto keys = read_keys_file(path);
        ASSERT_TRUE(keys) << keys.error().message;
        EXPECT_EQ(keys->size(), 1);
    }
    for (const mode_t mode : {0644U, 0602U, 0601U}) {
        ASSERT_EQ(::chmod(path.c_str(), mode), 0);
        const auto keys = read_keys_file(path);
        ASSERT_FALSE(keys);
        EXPECT_THAT(keys.error().message, HasSubstr("chmod 600 " + path));
    }
}

TEST(ReadKeysFile, WhatIsNoFile) {
    const test::TemporaryDirectory directory;
    const auto missing = read_keys_file(directory.path() + "/none");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorKind::invalid_argument);
    EXPECT_THAT(missing.error().message, HasSubstr("/none"));
    EXPECT_FALSE(read_keys_file(directory.path()));
}

}  // namespace
}  // namespace slipway::api
