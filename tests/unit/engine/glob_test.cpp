// SPDX-License-Identifier: Apache-2.0
#include "engine/glob.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace slipway::engine {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
    return Glob(pattern).matches(to_characters(text));
}

struct Case {
    std::string pattern;
    std::vector<std::string> matching;
    std::vector<std::string> others;
};

TEST(Glob, MatchesAsFnmatchDoes) {
    const std::vector<Case> cases = {
        {"*", {"", "a", "a/b", ".hidden", "a\nb"}, {}},
        {"", {""}, {"a"}},
        {"*.jpg", {"a.jpg", "a/b.jpg", ".jpg"}, {"a.JPG", "a.jpgx", "jpg"}},
        {"a?c", {"abc", "a/c", "a\xc3\xbc\x63"}, {"ac", "abbc"}},
        {"*a*b*", {"ab", "xaxbx", "aab"}, {"ba", "a", ""}},
        {"a**b", {"ab", "axxb"}, {"a", "axbx"}},
        {"[abx-z]", {"a", "b", "x", "y", "z"}, {"c", "", "ab", "w"}},
        {"[!a-c]", {"d", "/", "\xc3\xbc"}, {"a", "b", "c", ""}},
        {"[]]", {"]"}, {"", "[]]"}},
        {"[]a]", {"]", "a"}, {"b"}},
        {"[!]a]", {"b"}, {"]", "a"}},
        {"[a", {"[a"}, {"a"}},
        {"a[", {"a["}, {"a"}},
        {"[]", {"[]"}, {"]"}},
        {"[!]", {"[!]"}, {"!", "a"}},
        {"[-a]", {"-", "a"}, {"b"}},
        {"[a-]", {"-", "a"}, {"b"}},
        {"[a-c-e]", {"a", "b", "c", "-", "e"}, {"d"}},
        {"[z-a]", {}, {"a", "z", "-"}},
        {"[*?]", {"*", "?"}, {"a"}},
        {"[^a]", {"^", "a"}, {"b"}},
        {"\\*", {"\\", "\\a"}, {"*"}},
        {"[\xc3\xa4-\xc3\xbc]", {"\xc3\xb6"}, {"o", "\xc3"}},
        {"caf\xc3\xa9", {"caf\xc3\xa9"}, {"cafe"}},
        {"a\xff?", {"a\xff\xfe", "a\xff\x62"}, {"a\xfe\x62"}},
        {"[!a]", {"\xff"}, {}},
    };
    for (const Case& test : cases) {
        for (const std::string& text : test.matching) {
            EXPECT_TRUE(matches(test.pattern, text)) << test.pattern << " and " << text;
        }
        for (const std::string& text : test.others) {
            EXPECT_FALSE(matches(test.pattern, text)) << test.pattern << " and " << text;
        }
    }
}

TEST(Glob, ManyStarsDoNotTakeForever) {
    std::string pattern;
    for (int i = 0; i < 300; ++i) {
        pattern += "*a";
    }
    EXPECT_FALSE(matches(pattern + "b", std::string(1000, 'a')));
    EXPECT_TRUE(matches(pattern, std::string(1000, 'a')));
}

TEST(Glob, KnowsWhatMatchesAllThatBeginsSo) {
    const auto all = [](std::string_view pattern, std::string_view start) {
        return Glob(pattern).matches_all_from(to_characters(start));
    };
    EXPECT_TRUE(all("*", "a/"));
    EXPECT_TRUE(all("a/*", "a/"));
    EXPECT_TRUE(all("a/*", "a/b/"));
    EXPECT_TRUE(all("*/.git/*", "x/.git/"));
    EXPECT_TRUE(all("a*", "ab/"));
    EXPECT_FALSE(all("a/*", "b/"));
    EXPECT_FALSE(all("a/*", "a"));
    EXPECT_FALSE(all("a/*.jpg", "a/"));
    EXPECT_FALSE(all("*?", ""));
    EXPECT_FALSE(all("a/[*]", "a/"));
    EXPECT_FALSE(all("", ""));
}

TEST(Glob, KnowsWhatCannotBeginSo) {
    const auto may = [](std::string_view pattern, std::string_view start) {
        return Glob(pattern).may_match_from(to_characters(start));
    };
    EXPECT_TRUE(may("*.jpg", "a/"));
    EXPECT_TRUE(may("a/b.jpg", "a/"));
    EXPECT_TRUE(may("a/*", "a/b/"));
    EXPECT_TRUE(may("?/b", "a/"));
    EXPECT_FALSE(may("a/b.jpg", "b/"));
    EXPECT_FALSE(may("a/", "a/"));
    EXPECT_FALSE(may("a", "a/"));
    EXPECT_FALSE(may("b*", "a/"));
    EXPECT_FALSE(may("", "a/"));
}

}  // namespace
}  // namespace slipway::engine
