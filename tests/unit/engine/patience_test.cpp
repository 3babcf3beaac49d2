// SPDX-License-Identifier: Apache-2.0
#include "engine/patience.h"

#include <gtest/gtest.h>

namespace slipway::engine {
namespace {

using namespace std::chrono_literals;

class PatienceTest : public ::testing::Test {
  protected:
    PatienceTest() { patience_.begin(begin_); }

    const Instant begin_ = Instant(1h);
    Patience patience_{30s};
};

TEST_F(PatienceTest, IsOverAfterItsTimeOfSilence) {
    EXPECT_FALSE(patience_.over(begin_ + 29s));
    EXPECT_TRUE(patience_.over(begin_ + 30s));
    patience_.begin(begin_ + 30s);
    EXPECT_TRUE(patience_.over(begin_ + 30s)) << "it begins once";
    patience_.progressed(begin_ + 30s);
    EXPECT_FALSE(patience_.over(begin_ + 59s));
    EXPECT_EQ(patience_.silence(begin_ + 59s), 29s);
}

TEST_F(PatienceTest, AStoreThatSaysWhenIsAskedThenAndAFewTimesMore) {
    EXPECT_EQ(patience_.grant(begin_, 60s), 60s);
    EXPECT_FALSE(patience_.over(begin_ + 4 * 60s));
    EXPECT_TRUE(patience_.over(begin_ + 5 * 60s));
    patience_.grant(begin_ + 60s, 1s);
    EXPECT_EQ(patience_.time(), 270s) << "the longest wish counts";
}

TEST_F(PatienceTest, AShortWishChangesLittle) {
    EXPECT_EQ(patience_.grant(begin_, 1s), 1s);
    EXPECT_EQ(patience_.time(), 34s);
}

TEST_F(PatienceTest, WhatGetsThroughEndsTheWish) {
    patience_.grant(begin_, 60s);
    patience_.progressed(begin_ + 1s);
    EXPECT_EQ(patience_.time(), 30s);
}

TEST_F(PatienceTest, AWishBeyondAllPatienceIsCut) {
    EXPECT_EQ(patience_.grant(begin_, 1h), 300s);
    EXPECT_EQ(patience_.time(), 300s);
    EXPECT_EQ(patience_.grant(begin_ + 200s, 1h), 100s);
    EXPECT_EQ(patience_.grant(begin_ + 300s, 1h), 30s);
}

TEST_F(PatienceTest, WhoHasNoneIsMadeToWaitByNobody) {
    Patience none(0ms);
    none.begin(begin_);
    EXPECT_EQ(none.grant(begin_, 60s), 0s);
    EXPECT_TRUE(none.over(begin_));
}

}  // namespace
}  // namespace slipway::engine
