// SPDX-License-Identifier: Apache-2.0
#include "gateway/keys_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace slipway::gateway {
namespace {

using testing::HasSubstr;

constexpr const char* good = R"([[keys]]
id = "AKIDPHOTOS"
secret = "photos-secret"
buckets = ["photos", "logs-*"]
access = "write"

[[keys]]
id = "AKIDREADER"
secret = "reader-secret"
buckets = ["*"]
access = "read"
)";

TEST(KeysFile, EachTableIsAKey) {
    const auto keys = parse_keys_file(good, "keys.toml");
    ASSERT_TRUE(keys) << keys.error().message;
    ASSERT_EQ(keys->size(), 2);
    EXPECT_EQ((*keys)[0].credentials.access_key_id, "AKIDPHOTOS");
    EXPECT_EQ((*keys)[0].credentials.secret_access_key.reveal(), "photos-secret");
    EXPECT_EQ((*keys)[0].access, Access::write);
    EXPECT_THAT((*keys)[0].buckets, testing::ElementsAre("photos", "logs-*"));
    EXPECT_EQ((*keys)[1].access, Access::read);
    EXPECT_EQ(parse_keys_file("", "keys.toml")->size(), 0);
}

struct Wrong {
    const char* from;
    const char* to;
    const char* words;
};

class WrongKeysFile : public testing::TestWithParam<Wrong> {};

TEST_P(WrongKeysFile, IsToldWithItsLine) {
    std::string text = good;
    const auto at = text.find(GetParam().from);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, std::string_view(GetParam().from).size(), GetParam().to);
    const auto keys = parse_keys_file(text, "/etc/keys.toml");
    ASSERT_FALSE(keys) << text;
    EXPECT_EQ(keys.error().kind, ErrorKind::invalid_argument);
    EXPECT_THAT(keys.error().message, HasSubstr("/etc/keys.toml:"));
    EXPECT_THAT(keys.error().message, HasSubstr(GetParam().words));
    EXPECT_EQ(keys.error().message.find("-secret"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    WrongKeysFile,
    testing::Values(Wrong{"id = \"AKIDPHOTOS\"\n", "", ":1: key : 'id' is missing"},
                    Wrong{"secret = \"photos-secret\"\n", "", "'secret' is missing"},
                    Wrong{"buckets = [\"photos\", \"logs-*\"]\n", "", "'buckets' is missing"},
                    Wrong{"access = \"write\"\n", "", "'access' is missing"},
                    Wrong{"\"AKIDPHOTOS\"", "\"A/B\"", ":2: id:"},
                    Wrong{"\"AKIDPHOTOS\"", "5", ":2: id:"},
                    Wrong{"\"photos-secret\"", "\"short\"", ":3: secret:"},
                    Wrong{"\"photos-secret\"", "\"photos-secret", ":3:"},
                    Wrong{"\"logs-*\"", "\"lo*gs\"", ":4: buckets: 'lo*gs'"},
                    Wrong{"\"logs-*\"", "\"Logs\"", ":4: buckets: 'Logs'"},
                    Wrong{"\"logs-*\"", "5", ":4: buckets:"},
                    Wrong{"[\"photos\", \"logs-*\"]", "[]", ":4: buckets:"},
                    Wrong{"[\"photos\", \"logs-*\"]", "\"photos\"", ":4: buckets:"},
                    Wrong{"\"write\"", "\"admin\"", ":5: access is"},
                    Wrong{"access = \"write\"", "access = \"write\"\nexpires = 5",
                          ":6: 'expires' is not known"},
                    Wrong{"AKIDREADER", "AKIDPHOTOS", "key AKIDPHOTOS is there twice"},
                    Wrong{"[[keys]]\nid = \"AKIDPHOTOS\"", "[key]\nid = \"AKIDPHOTOS\"",
                          ":1: 'key' is not known"},
                    Wrong{"[[keys]]\nid = \"AKIDREADER\"", "[more]\nid = \"AKIDREADER\"",
                          ":7: 'more' is not known"},
                    Wrong{"[[keys]]\nid = \"AKIDREADER\"", "[\x01]", ":7:2: not TOML"},
                    Wrong{"[[keys]]\nid = \"AKIDREADER\"", "[[= 1", ":7:3: not TOML"}));

TEST(KeysFile, IsBounded) {
    EXPECT_FALSE(parse_keys_file(std::string(5'000'000, '#'), "keys.toml"));
}

}  // namespace
}  // namespace slipway::gateway
