// SPDX-License-Identifier: Apache-2.0
#include "task/within.h"

#include "support/run_task.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace slipway {
namespace {

using namespace std::chrono_literals;

/// Takes its time, and tells whether it came to its end.
Task<std::string> work(std::chrono::milliseconds time, std::shared_ptr<bool> ended) {
    co_await pause_for(time);
    co_await pause_for(0ms);
    *ended = true;
    co_return "done";
}

TEST(Within, AnswersWhatTheWorkAnswers) {
    auto ended = std::make_shared<bool>(false);
    EXPECT_EQ(test::run(within(60s, work(1ms, ended))).value(), "done");
    EXPECT_TRUE(*ended);
}

TEST(Within, AnswersTheErrorOfTheWork) {
    auto failing = []() -> Task<> { co_return fail(ErrorKind::not_found, "gone"); };
    EXPECT_EQ(test::run(within(60s, failing())).error().kind, ErrorKind::not_found);
}

TEST(Within, BreaksOffWhatTakesTooLong) {
    auto ended = std::make_shared<bool>(false);
    const auto late = test::run(within(5ms, work(60s, ended)));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::timeout);
    EXPECT_EQ(late.error().message, "no answer within 5 ms");
    EXPECT_FALSE(*ended);
    EXPECT_EQ(ended.use_count(), 1) << "nothing of the work is left";
}

}  // namespace
}  // namespace slipway
