// SPDX-License-Identifier: Apache-2.0
#include "client/trailer_trial.h"

#include <gtest/gtest.h>

namespace slipway::client {
namespace {

using Use = TrailerTrial::Use;

TEST(TrailerTrial, IsMadeByOneAndDecidesForAll) {
    TrailerTrial trial;
    EXPECT_EQ(trial.ask(), Use::trial);
    EXPECT_EQ(trial.ask(), Use::no) << "while it is under way, or when it has failed";
    trial.succeeded();
    EXPECT_EQ(trial.ask(), Use::yes);
    EXPECT_EQ(trial.ask(), Use::yes);
}

}  // namespace
}  // namespace slipway::client
