// SPDX-License-Identifier: Apache-2.0
#include "s3/tagging.h"

#include <gtest/gtest.h>

namespace slipway::s3 {
namespace {

TEST(Tagging, TheDocumentIsReadBack) {
    const Tags tags = {{"team", "a b"},
                       {"Gr\xc3\xb6\xc3\x9f"
                        "e",
                        "+-=._:/@"},
                       {"keep", ""}};
    EXPECT_EQ(parse_tagging(tagging_xml(tags)).value(), tags);
    EXPECT_EQ(parse_tagging(tagging_xml({})).value(), Tags());
}

TEST(Tagging, TheTextIsReadBackByKey) {
    EXPECT_EQ(tagging_text({{"b", "2 /"}, {"a", ""}}), "a=&b=2%20%2F");
    EXPECT_EQ(parse_tagging_text("b=2+%2F&a").value(), (Tags{{"b", "2 /"}, {"a", ""}}));
    EXPECT_EQ(parse_tagging_text("").value(), Tags());
    EXPECT_EQ(tagging_text({}), "");
}

TEST(Tagging, DocumentsThatAreNone) {
    for (const char* body : {"", "<Tagging/>", "<Tags/>",
                             "<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>",
                             "<Tagging><TagSet><Tag><Value>a</Value></Tag></TagSet></Tagging>",
                             "<Tagging><TagSet><Label/></TagSet></Tagging>", "<Tagging><TagSet>"}) {
        const auto tags = parse_tagging(body);
        ASSERT_FALSE(tags) << body;
        EXPECT_EQ(tags.error().code, "MalformedXML") << body;
    }
}

TEST(Tagging, TextsThatAreNone) {
    for (const char* text : {"a=%zz", "%=1", "a=1&a=2"}) {
        EXPECT_EQ(parse_tagging_text(text).error().code, "InvalidArgument") << text;
    }
    for (const char* text : {"=1", "&", "a=1&&b=2", "a=%00", "a=%ff", "aws:a=1"}) {
        EXPECT_EQ(parse_tagging_text(text).error().code, "InvalidTag") << text;
    }
}

TEST(Tagging, LimitsAreInCharacters) {
    Tags tags;
    for (int i = 0; i < 10; ++i) {
        tags.push_back(Tag{std::to_string(i), "v"});
    }
    EXPECT_TRUE(check_tags(tags));
    tags.push_back(Tag{"10", "v"});
    EXPECT_EQ(check_tags(tags).error().code, "InvalidTag");
    EXPECT_TRUE(check_tags(tags, 50));

    std::string umlauts;
    for (int i = 0; i < 128; ++i) {
        umlauts += "\xc3\xbc";
    }
    EXPECT_TRUE(check_tags({{umlauts, umlauts + umlauts}}));
    EXPECT_FALSE(check_tags({{umlauts + "x", ""}}));
    EXPECT_FALSE(check_tags({{"k", umlauts + umlauts + "x"}}));
    EXPECT_FALSE(check_tags({{"", "v"}}));
    EXPECT_FALSE(check_tags({{"k", "a<b"}}));
    EXPECT_FALSE(check_tags({{"k", "\xff"}}));
    EXPECT_FALSE(check_tags({{"k", "1"}, {"k", "2"}}));
}

}  // namespace
}  // namespace slipway::s3
