// SPDX-License-Identifier: Apache-2.0
#include "engine/path_filter.h"

#include "base/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::engine {
namespace {

using ::testing::HasSubstr;

PathRule include(std::string pattern) {
    return PathRule{true, std::move(pattern)};
}
PathRule exclude(std::string pattern) {
    return PathRule{false, std::move(pattern)};
}
PathFilter filter(const std::vector<PathRule>& rules) {
    auto made = PathFilter::of(rules);
    EXPECT_TRUE(made);
    return *std::move(made);
}

TEST(PathFilter, TakesEverythingByItself) {
    EXPECT_TRUE(PathFilter().includes("a/b.jpg"));
    EXPECT_TRUE(PathFilter().may_include_below("a"));
    EXPECT_TRUE(filter({include("*.jpg")}).includes("a.txt"));
}

TEST(PathFilter, TheLastMatchDecides) {
    const auto jpg_only = filter({exclude("*"), include("*.jpg")});
    EXPECT_TRUE(jpg_only.includes("a/b.jpg"));
    EXPECT_FALSE(jpg_only.includes("a/b.png"));

    const auto none = filter({include("*.jpg"), exclude("*")});
    EXPECT_FALSE(none.includes("a/b.jpg"));

    const auto nested = filter({exclude("a/*"), include("a/b/*"), exclude("*.tmp")});
    EXPECT_FALSE(nested.includes("a/x"));
    EXPECT_TRUE(nested.includes("a/b/x"));
    EXPECT_FALSE(nested.includes("a/b/x.tmp"));
    EXPECT_TRUE(nested.includes("c"));
}

TEST(PathFilter, ADirectoryIsLeftUnreadOnlyWhereNothingOfItCanBeTaken) {
    const auto git = filter({exclude(".git/*"), exclude("*/.git/*")});
    EXPECT_FALSE(git.may_include_below(".git"));
    EXPECT_FALSE(git.may_include_below(".git/objects"));
    EXPECT_FALSE(git.may_include_below("a/b/.git"));
    EXPECT_TRUE(git.may_include_below("a"));
    EXPECT_TRUE(git.may_include_below(".github"));

    const auto one = filter({exclude("*"), include("a/b/*")});
    EXPECT_TRUE(one.may_include_below("a"));
    EXPECT_TRUE(one.may_include_below("a/b"));
    EXPECT_TRUE(one.may_include_below("a/b/c"));
    EXPECT_FALSE(one.may_include_below("a/c"));
    EXPECT_FALSE(one.may_include_below("b"));

    EXPECT_TRUE(filter({exclude("*"), include("*.jpg")}).may_include_below("a"));
    EXPECT_FALSE(filter({include("*.jpg"), exclude("*")}).may_include_below("a"));
    EXPECT_TRUE(filter({exclude("a/*.tmp")}).may_include_below("a"));
    EXPECT_TRUE(filter({exclude("a")}).may_include_below("a")) << "only a file of that name";
}

TEST(PathFilter, RefusesWhatCannotBeMeant) {
    const auto words = [](const std::vector<PathRule>& rules) {
        const auto made = PathFilter::of(rules);
        return made ? std::string() : made.error().message;
    };
    EXPECT_THAT(words({exclude("")}), HasSubstr("empty exclude pattern"));
    const std::string longest(limits::filter_pattern_bytes_max, 'x');
    EXPECT_EQ(words({include(longest)}), "");
    EXPECT_THAT(words({include(longest + "x")}), HasSubstr("1025 bytes"));
    std::vector<PathRule> many(limits::filter_patterns_max, exclude("a"));
    EXPECT_EQ(words(many), "");
    many.push_back(exclude("a"));
    EXPECT_THAT(words(many), HasSubstr("at most 1000"));
}

}  // namespace
}  // namespace slipway::engine
