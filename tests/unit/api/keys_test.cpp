// SPDX-License-Identifier: Apache-2.0
#include "api/keys.h"

#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::api {
namespace {

using testing::HasSubstr;

TEST(Keys, AreCompletedNotReplaced) {
    const test::TemporaryDirectory directory;
    directory.write("keys.toml", "# mine\nstore_access_key = \"MINE\"\n");
    const auto keys = open_keys(directory.path());
    ASSERT_TRUE(keys) << keys.error().message;
    EXPECT_EQ(keys->store_access_key, "MINE");
    EXPECT_EQ(keys->session_key.reveal().size(), 64u);
    const auto again = open_keys(directory.path());
    EXPECT_EQ(again->session_key, keys->session_key);
    EXPECT_EQ(again->store_secret_key, keys->store_secret_key);
}

TEST(Keys, ThatCannotBeUnderstoodAreLeftAlone) {
    const test::TemporaryDirectory directory;
    const std::string text = "store_access_key = \"MINE\"\nstore_acces_key = \"typo\"\n";
    directory.write("keys.toml", text);
    const auto keys = open_keys(directory.path());
    ASSERT_FALSE(keys);
    EXPECT_THAT(keys.error().message, HasSubstr("keys.toml:2: unknown key 'store_acces_key'"));
    EXPECT_EQ(directory.read("keys.toml"), text);
}

}  // namespace
}  // namespace slipway::api
