// SPDX-License-Identifier: Apache-2.0
#include "api/data_dir.h"

#include "slipway/serve.h"

#include "api/file.h"
#include "api/keys.h"
#include "api/runtime.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace slipway::api {
namespace {

using testing::HasSubstr;

TEST(DataDir, IsWhereTheDesktopSaysItShouldBe) {
    ::setenv("XDG_DATA_HOME", "/xdg/data", 1);
    ::setenv("HOME", "/home/me", 1);
    EXPECT_EQ(default_data_dir(), "/xdg/data/slipway");
    ::setenv("XDG_DATA_HOME", "relative", 1);
    EXPECT_EQ(default_data_dir(), "/home/me/.local/share/slipway");
    ::unsetenv("XDG_DATA_HOME");
    EXPECT_EQ(default_data_dir(), "/home/me/.local/share/slipway");
    ::unsetenv("HOME");
    EXPECT_EQ(default_data_dir().error().kind, ErrorKind::invalid_argument);
}

TEST(DataDir, OpensWhatIsThereAndAnswersItsFullPath) {
    const test::TemporaryDirectory directory;
    EXPECT_EQ(open_data_dir(directory.path()), directory.path());
    EXPECT_EQ(open_data_dir(directory.path() + "/a/../b"), directory.path() + "/b");
    EXPECT_TRUE(std::filesystem::is_directory(directory.path() + "/b"));
}

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

TEST(File, IsWholeOrNotThere) {
    const test::TemporaryDirectory directory;
    const std::string path = directory.path() + "/file";
    ASSERT_TRUE(write_file(path, "first", 0600));
    ASSERT_TRUE(write_file(path, "second", 0600));
    EXPECT_EQ(read_file(path), "second");
    EXPECT_EQ(read_file(directory.path() + "/none").error().kind, ErrorKind::not_found);
    EXPECT_FALSE(write_file(directory.path() + "/none/file", "x", 0600));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1)
        << "nothing is left of the attempts";
}

TEST(Token, IsLongRandomAndMatchesItsHash) {
    const NewToken first = make_token();
    EXPECT_EQ(first.token.size(), 48u);
    EXPECT_EQ(first.sha256, codec::hex_encode(codec::sha256(first.token)));
    EXPECT_NE(first.token, make_token().token);
}

TEST(Addresses, BecomeUrlsThatCanBeOpened) {
    EXPECT_EQ(local_url("127.0.0.1:0", 8080), "http://127.0.0.1:8080");
    EXPECT_EQ(local_url("0.0.0.0:80", 80), "http://127.0.0.1:80");
    EXPECT_EQ(local_url("[::]:0", 81), "http://[::1]:81");
    EXPECT_TRUE(is_loopback("127.0.0.1:1"));
    EXPECT_TRUE(is_loopback("[::1]:1"));
    EXPECT_FALSE(is_loopback("0.0.0.0:1"));
    EXPECT_FALSE(is_loopback("192.168.0.1:1"));
}

}  // namespace
}  // namespace slipway::api
