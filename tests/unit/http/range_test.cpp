// SPDX-License-Identifier: Apache-2.0
#include "http/range.h"

#include <gtest/gtest.h>

#include <limits>

namespace slipway::http {
namespace {

constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

ByteRange from_to(std::uint64_t first, std::uint64_t last) {
    return ByteRange{first, last, std::nullopt};
}

TEST(Range, ReadsTheThreeForms) {
    EXPECT_EQ(parse_range("bytes=0-4"), from_to(0, 4));
    EXPECT_EQ(parse_range("bytes=7-"), (ByteRange{7, std::nullopt, std::nullopt}));
    EXPECT_EQ(parse_range("bytes=-5"), (ByteRange{std::nullopt, std::nullopt, 5}));
}

TEST(Range, KeepsWhatOnlyTheObjectsSizeCanJudge) {
    EXPECT_EQ(parse_range("bytes=5-2"), from_to(5, 2));
    EXPECT_EQ(parse_range("bytes=-0"), (ByteRange{std::nullopt, std::nullopt, 0}));
}

TEST(Range, UnitIsReadWithoutCaseAndSpacesAroundAreDropped) {
    EXPECT_EQ(parse_range(" BYTES= 1-2 "), from_to(1, 2));
}

TEST(Range, NumbersBeyond64BitsAreTheLargest) {
    EXPECT_EQ(parse_range("bytes=1-99999999999999999999"), from_to(1, largest));
    EXPECT_EQ(parse_range("bytes=99999999999999999999-"),
              (ByteRange{largest, std::nullopt, std::nullopt}));
    EXPECT_EQ(parse_range("bytes=18446744073709551615-"),
              (ByteRange{largest, std::nullopt, std::nullopt}));
}

class IgnoredRange : public testing::TestWithParam<const char*> {};

TEST_P(IgnoredRange, IsNoRange) {
    EXPECT_EQ(parse_range(GetParam()), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(All,
                         IgnoredRange,
                         testing::Values("",
                                         "bytes",
                                         "bytes=",
                                         "bytes=-",
                                         "bytes=5",
                                         "bytes=a-b",
                                         "bytes=0-4x",
                                         "bytes=+1-4",
                                         "bytes=1--4",
                                         "bytes=--5",
                                         "bytes=0 - 4",
                                         "bytes=0-1,3-4",
                                         "items=0-4",
                                         "bytes 0-4"));

TEST(Range, WritesContentRange) {
    EXPECT_EQ(content_range(0, 5, 10), "bytes 0-4/10");
    EXPECT_EQ(content_range(9, 1, 10), "bytes 9-9/10");
}

}  // namespace
}  // namespace slipway::http
