// SPDX-License-Identifier: Apache-2.0
#include "http/headers.h"

#include <gtest/gtest.h>

namespace slipway::http {
namespace {

TEST(Headers, NamesCompareWithoutCase) {
    Headers headers;
    headers.add("Content-Type", "text/plain");
    EXPECT_EQ(headers.get("content-type"), "text/plain");
    EXPECT_EQ(*headers.find("CONTENT-TYPE"), "text/plain");
    EXPECT_TRUE(headers.has("Content-type"));
    EXPECT_FALSE(headers.has("Content-Typ"));
    EXPECT_EQ(headers.find("Content-Type2"), nullptr);
    EXPECT_EQ(headers.get("missing"), "");
}

TEST(Headers, KeepTheirOrderAndTheirDoubles) {
    Headers headers;
    headers.add("Set-Cookie", "a");
    headers.add("Date", "now");
    headers.add("set-cookie", "b");
    EXPECT_EQ(headers.count("SET-COOKIE"), 2U);
    EXPECT_EQ(headers.get("Set-Cookie"), "a");
    std::string order;
    for (const Header& header : headers) {
        order += header.name + ":" + header.value + " ";
    }
    EXPECT_EQ(order, "Set-Cookie:a Date:now set-cookie:b ");
    headers.set("SET-cookie", "c");
    EXPECT_EQ(headers.count("Set-Cookie"), 1U);
    EXPECT_EQ(headers.get("Set-Cookie"), "c");
    headers.remove("date");
    EXPECT_EQ(headers.size(), 1U);
    headers.remove("date");
    EXPECT_EQ(headers.size(), 1U);
}

TEST(Headers, AnEmptyValueIsThere) {
    Headers headers;
    headers.add("X-Empty", "");
    EXPECT_TRUE(headers.has("x-empty"));
    EXPECT_EQ(headers.get("x-empty"), "");
}

TEST(EqualIgnoringCase, AsciiLettersOnly) {
    EXPECT_TRUE(equal_ignoring_case("aZ-09", "Az-09"));
    EXPECT_FALSE(equal_ignoring_case("a", "ab"));
    // Bytes that differ by 0x20 and are no letters.
    EXPECT_FALSE(equal_ignoring_case("@[", "`{"));
    EXPECT_FALSE(equal_ignoring_case("\xC3\x84", "\xC3\xA4"));
}

TEST(Trimmed, SpacesAndTabsOnly) {
    EXPECT_EQ(trimmed(" \t a b \t"), "a b");
    EXPECT_EQ(trimmed(" \t "), "");
    EXPECT_EQ(trimmed(""), "");
    EXPECT_EQ(trimmed("\na\r"), "\na\r");
}

}  // namespace
}  // namespace slipway::http
