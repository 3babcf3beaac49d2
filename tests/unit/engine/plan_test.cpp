// SPDX-License-Identifier: Apache-2.0
#include "engine/plan.h"

#include "s3/limits.h"

#include <gtest/gtest.h>

namespace slipway::engine {
namespace {

constexpr std::uint64_t mebibyte = 1ULL << 20;

TEST(Plan, ASmallObjectIsOnePut) {
    for (const std::uint64_t size : std::initializer_list<std::uint64_t>{0, 1, 16 * mebibyte - 1}) {
        const auto plan = Plan::of(size, {}).value();
        EXPECT_FALSE(plan.multipart());
        EXPECT_EQ(plan.parts(), 1U);
        EXPECT_EQ(plan.part(1), (Part{0, 0, size}));
    }
}

TEST(Plan, PartsCoverTheObjectWithoutGapOrOverlap) {
    for (const std::uint64_t size : std::initializer_list<std::uint64_t>{
             16 * mebibyte, 16 * mebibyte + 1, 5'000'000'000ULL, s3::single_put_bytes_max + 1,
             1ULL << 40, s3::object_bytes_max}) {
        const auto plan = Plan::of(size, {}).value();
        ASSERT_TRUE(plan.multipart());
        ASSERT_LE(plan.parts(), s3::parts_max);
        std::uint64_t offset = 0;
        for (unsigned number = 1; number <= plan.parts(); ++number) {
            const Part part = plan.part(number);
            ASSERT_EQ(part.number, number);
            ASSERT_EQ(part.offset, offset);
            ASSERT_LE(part.size, s3::single_put_bytes_max);
            if (number < plan.parts()) {
                ASSERT_GE(part.size, s3::part_bytes_min);
            }
            ASSERT_GT(part.size, 0U);
            offset += part.size;
        }
        EXPECT_EQ(offset, size);
    }
}

TEST(Plan, TheWishedPartSizeHoldsWhereTenThousandPartsAreEnough) {
    PlanOptions options;
    options.part_bytes = 5 * mebibyte;
    options.multipart_bytes_min = 0;
    EXPECT_EQ(Plan::of(50'000 * mebibyte, options)->part(1).size, 5 * mebibyte);
    EXPECT_EQ(Plan::of(50'000 * mebibyte + 1, options)->part(1).size, 6 * mebibyte);
    EXPECT_FALSE(Plan::of(5 * mebibyte, options)->multipart()) << "one part is one PUT";
}

TEST(Plan, RefusesWhatS3DoesNotTake) {
    const auto large = Plan::of(s3::object_bytes_max + 1, {});
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().kind, ErrorKind::too_large);
    PlanOptions options;
    options.part_bytes = s3::part_bytes_min - 1;
    const auto small_parts = Plan::of(1, options);
    ASSERT_FALSE(small_parts);
    EXPECT_EQ(small_parts.error().kind, ErrorKind::invalid_argument);
}

TEST(StreamPartBytes, GrowWithinWhatMemoryBears) {
    std::uint64_t sum = 0;
    std::uint64_t before = 0;
    for (unsigned number = 1; number <= s3::parts_max; ++number) {
        const std::uint64_t size = StreamParts().size(number);
        ASSERT_GE(size, before);
        ASSERT_GE(size, s3::part_bytes_min);
        ASSERT_LE(size, limits::engine_memory_bytes);
        before = size;
        sum += size;
    }
    EXPECT_EQ(StreamParts().size(1), limits::engine_part_bytes);
    EXPECT_GT(sum, 350ULL << 30);
}

}  // namespace
}  // namespace slipway::engine
