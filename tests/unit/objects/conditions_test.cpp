// SPDX-License-Identifier: Apache-2.0
#include "objects/conditions.h"

#include <gtest/gtest.h>

#include <string>

namespace slipway::objects {
namespace {

// What each condition means is in tests/conformance, for every store; here is how it is written.

std::string read_with(const std::string& if_match, const std::string& if_none_match) {
    ObjectInfo object;
    object.etag = "abc";
    Conditions conditions;
    conditions.if_match = if_match;
    conditions.if_none_match = if_none_match;
    const Result<> checked = check_read(conditions, object);
    return checked ? std::string() : checked.error().code;
}

TEST(Conditions, etags_may_be_quoted_weak_and_listed) {
    EXPECT_EQ(read_with("\"abc\"", ""), "");
    EXPECT_EQ(read_with("W/\"abc\"", ""), "");
    EXPECT_EQ(read_with("\"x\", \"abc\" ,\"y\"", ""), "");
    EXPECT_EQ(read_with("x,y", ""), "PreconditionFailed");
    EXPECT_EQ(read_with("", "\"x\", abc"), "NotModified");
    EXPECT_EQ(read_with("", "ab"), "");
}

TEST(Conditions, a_write_may_ask_for_nothing_to_be_there) {
    const std::string etag = "abc";
    Conditions conditions;
    conditions.if_none_match = "*";
    EXPECT_TRUE(check_write(conditions, nullptr));
    EXPECT_EQ(check_write(conditions, &etag).error().code, "PreconditionFailed");
    conditions.if_none_match = "other";
    EXPECT_TRUE(check_write(conditions, &etag));
}

TEST(Ranges, one_that_ends_before_it_starts_is_ignored) {
    ByteRange range;
    range.first = 5;
    range.last = 2;
    const auto slice = resolve_range(range, 10);
    ASSERT_TRUE(slice);
    EXPECT_FALSE(slice->partial);
    EXPECT_EQ(slice->length, 10U);
}

TEST(Ranges, the_largest_numbers_do_no_harm) {
    ByteRange range;
    range.first = 3;
    range.last = UINT64_MAX;
    EXPECT_EQ(resolve_range(range, 10).value().length, 7U);
    range = ByteRange();
    range.suffix = UINT64_MAX;
    EXPECT_EQ(resolve_range(range, 10).value().offset, 0U);
    range = ByteRange();
    range.first = UINT64_MAX;
    EXPECT_FALSE(resolve_range(range, 10));
}

TEST(Ranges, of_the_source_of_a_part_lie_within_it) {
    EXPECT_EQ(resolve_copy_range(std::nullopt, 10)->length, 10U);
    ByteRange range;
    range.first = 2;
    EXPECT_EQ(resolve_copy_range(range, 10).error().code, "InvalidArgument");
    range.last = 9;
    const auto slice = resolve_copy_range(range, 10);
    ASSERT_TRUE(slice);
    EXPECT_EQ(slice->offset, 2U);
    EXPECT_EQ(slice->length, 8U);
    range.last = 10;
    EXPECT_EQ(resolve_copy_range(range, 10).error().code, "InvalidRange");
    range.last = 1;
    EXPECT_EQ(resolve_copy_range(range, 10).error().code, "InvalidArgument");
    ByteRange end;
    end.suffix = 3;
    EXPECT_EQ(resolve_copy_range(end, 10).error().code, "InvalidArgument");
}

}  // namespace
}  // namespace slipway::objects
