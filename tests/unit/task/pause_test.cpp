// SPDX-License-Identifier: Apache-2.0
#include "task/pause.h"

#include "support/run_task.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

Async<Result<>> paused(std::chrono::milliseconds time) {
    co_await pause_for(time);
    co_return Result<>();
}

TEST(Pause, TakesAtLeastItsTime) {
    const auto start = std::chrono::steady_clock::now();
    ASSERT_TRUE(test::run(paused(std::chrono::milliseconds(5))));
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(5));
}

}  // namespace
}  // namespace slipway
