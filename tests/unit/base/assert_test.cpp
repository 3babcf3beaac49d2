// SPDX-License-Identifier: Apache-2.0
#include "base/assert.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

TEST(AssertDeathTest, ABrokenPromiseEndsTheProcessAndSaysWhich) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const int value = 7;
    SLIPWAY_ASSERT(value == 7);
    EXPECT_DEATH(SLIPWAY_ASSERT(value == 8),
                 "slipway: assertion failed: value == 8 .*assert_test.cpp:");
}

}  // namespace
}  // namespace slipway
