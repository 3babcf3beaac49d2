// SPDX-License-Identifier: Apache-2.0
#include "http/conditions.h"

#include "codec/time.h"

#include <gtest/gtest.h>

namespace slipway::http {
namespace {

const Time noon = codec::parse_http_date("Sat, 21 Nov 2026 12:00:00 GMT").value();

TEST(Conditions, ReadsAllFour) {
    Headers headers;
    headers.add("If-Match", "\"abc\"");
    headers.add("if-none-match", "*");
    headers.add("If-Modified-Since", "Sat, 21 Nov 2026 12:00:00 GMT");
    headers.add("If-Unmodified-Since", " Sat, 21 Nov 2026 12:00:00 GMT ");
    const Conditions conditions = read_conditions(headers);
    EXPECT_EQ(conditions.if_match, "abc");
    EXPECT_EQ(conditions.if_none_match, "*");
    EXPECT_EQ(conditions.if_modified_since, noon);
    EXPECT_EQ(conditions.if_unmodified_since, noon);
}

TEST(Conditions, NoneWithoutFields) {
    Headers headers;
    headers.add("If-Matching", "\"abc\"");
    headers.add("x-if-match", "\"abc\"");
    const Conditions conditions = read_conditions(headers);
    EXPECT_EQ(conditions.if_match, "");
    EXPECT_EQ(conditions.if_none_match, "");
    EXPECT_FALSE(conditions.if_modified_since);
    EXPECT_FALSE(conditions.if_unmodified_since);
}

TEST(Conditions, PrefixChoosesTheFields) {
    Headers headers;
    headers.add("If-Match", "\"target\"");
    headers.add("X-Amz-Copy-Source-If-Match", "\"source\"");
    headers.add("x-amz-copy-source-if-modified-since", "Sat, 21 Nov 2026 12:00:00 GMT");
    EXPECT_EQ(read_conditions(headers).if_match, "target");
    const Conditions source = read_conditions(headers, "x-amz-copy-source-");
    EXPECT_EQ(source.if_match, "source");
    EXPECT_EQ(source.if_modified_since, noon);
}

TEST(Conditions, SeveralFieldsAreOneList) {
    Headers headers;
    headers.add("If-None-Match", "\"a\", W/\"b\"");
    headers.add("If-None-Match", "c");
    EXPECT_EQ(read_conditions(headers).if_none_match, "a,b,c");
}

TEST(Conditions, DateThatIsNoneIsIgnored) {
    Headers headers;
    headers.add("If-Modified-Since", "yesterday");
    EXPECT_FALSE(read_conditions(headers).if_modified_since);
}

TEST(UnquotedEtags, TakesQuotesAndWeaknessOff) {
    EXPECT_EQ(unquoted_etags("\"abc\""), "abc");
    EXPECT_EQ(unquoted_etags("abc"), "abc");
    EXPECT_EQ(unquoted_etags("W/\"abc\""), "abc");
    EXPECT_EQ(unquoted_etags(" \"a\" ,, b ,\"\", "), "a,b");
    EXPECT_EQ(unquoted_etags("*"), "*");
    EXPECT_EQ(unquoted_etags(""), "");
    EXPECT_EQ(unquoted_etags("\""), "\"");
}

TEST(IfRange, HoldsForTheSameStrongEtag) {
    EXPECT_TRUE(if_range_holds("\"abc\"", "abc", noon));
    EXPECT_TRUE(if_range_holds("abc", "abc", noon));
    EXPECT_FALSE(if_range_holds("\"abd\"", "abc", noon));
    EXPECT_FALSE(if_range_holds("W/\"abc\"", "abc", noon));
}

TEST(IfRange, HoldsForExactlyTheDateOfTheChange) {
    EXPECT_TRUE(if_range_holds("Sat, 21 Nov 2026 12:00:00 GMT", "abc",
                               noon + std::chrono::milliseconds(700)));
    EXPECT_FALSE(
        if_range_holds("Sat, 21 Nov 2026 12:00:00 GMT", "abc", noon + std::chrono::seconds(1)));
    EXPECT_FALSE(
        if_range_holds("Sat, 21 Nov 2026 12:00:00 GMT", "abc", noon - std::chrono::seconds(1)));
}

TEST(IfRange, DoesNotHoldForNonsense) {
    EXPECT_FALSE(if_range_holds("", "abc", noon));
    EXPECT_FALSE(if_range_holds("\"", "abc", noon));
}

}  // namespace
}  // namespace slipway::http
