// SPDX-License-Identifier: Apache-2.0
#include "task/until_answered.h"

#include "support/run_task.h"

#include <gtest/gtest.h>

#include <thread>

namespace slipway {
namespace {

Async<std::thread::id> answered_by(std::jthread& other, bool& done) {
    auto start = [&](std::function<void()> answer) {
        other = std::jthread([&done, answer = std::move(answer)] {
            done = true;
            answer();
        });
    };
    co_await until_answered(std::move(start));
    co_return std::this_thread::get_id();
}

TEST(UntilAnswered, GoesOnHereWhenAnotherThreadHasAnswered) {
    std::jthread other;
    bool done = false;
    EXPECT_EQ(test::run(answered_by(other, done)), std::this_thread::get_id());
    EXPECT_TRUE(done);
}

Async<int> answered_at_once() {
    auto start = [](const std::function<void()>& answer) { answer(); };
    co_await until_answered(std::move(start));
    co_return 7;
}

TEST(UntilAnswered, TheAnswerMayComeBeforeStartReturns) {
    EXPECT_EQ(test::run(answered_at_once()), 7);
}

}  // namespace
}  // namespace slipway
