// SPDX-License-Identifier: Apache-2.0
#include "client/ini.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::client {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Ini, ReadsSectionsKeysAndComments) {
    const auto file = parse_ini(
        "# a comment\n"
        "[default]\r\n"
        "Region = eu-west-1   ; inline\r\n"
        "url=http://x/#fragment\n"
        "\n"
        "[ profile   work ] # note\n"
        "  region=us-west-2\n"
        "empty =\n",
        "config");
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_EQ(file->sections.size(), 2u);
    EXPECT_EQ(file->sections[0].name, "default");
    EXPECT_EQ(*file->sections[0].find("region"), "eu-west-1");
    EXPECT_EQ(*file->sections[0].find("url"), "http://x/#fragment");
    EXPECT_EQ(file->sections[1].name, "profile work");
    EXPECT_EQ(*file->sections[1].find("region"), "us-west-2");
    EXPECT_EQ(*file->sections[1].find("empty"), "");
    EXPECT_EQ(file->sections[1].find("nothing"), nullptr);
}

TEST(Ini, ReadsNestedBlocks) {
    const auto file = parse_ini(
        "[default]\n"
        "s3 =\n"
        "  addressing_style = path\n"
        "\tmax_concurrent_requests = 20\n"
        "region = eu-west-1\n",
        "config");
    ASSERT_TRUE(file);
    const IniSection& section = file->sections[0];
    EXPECT_EQ(*section.find("s3", "addressing_style"), "path");
    EXPECT_EQ(*section.find("s3", "max_concurrent_requests"), "20");
    EXPECT_EQ(section.find("addressing_style"), nullptr);
    EXPECT_EQ(*section.find("region"), "eu-west-1");
}

TEST(Ini, TheLastOfEqualKeysHolds) {
    const auto file = parse_ini("[a]\nk=1\nk=2", "config");
    ASSERT_TRUE(file);
    EXPECT_EQ(*file->sections[0].find("k"), "2");
}

TEST(Ini, NamesFileAndLineOfWhatItCannotRead) {
    for (const auto* text : {"[a]\nk=1\nno equals sign\n", "[a]\n\n= value\n", "[a]\n\n[b\n"}) {
        const auto file = parse_ini(text, "/base/me/.aws/config");
        ASSERT_FALSE(file) << text;
        EXPECT_EQ(file.error().kind, ErrorKind::invalid_argument);
        EXPECT_THAT(file.error().message, HasSubstr("/base/me/.aws/config:3: "));
    }
    EXPECT_FALSE(parse_ini("key = value outside\n", "config"));
}

TEST(Ini, DoesNotQuoteALineThatMayHoldASecret) {
    const auto file = parse_ini("[a]\naws_secret_access_key topsecret\n", "credentials");
    ASSERT_FALSE(file);
    EXPECT_THAT(file.error().message, Not(HasSubstr("topsecret")));
}

}  // namespace
}  // namespace slipway::client
