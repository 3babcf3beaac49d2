// SPDX-License-Identifier: Apache-2.0
#include "task/block_on.h"

#include "task/group_commit.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace slipway {
namespace {

Async<std::string> say(std::string words) {
    co_return words;
}

Async<int> fall_over() {
    throw std::runtime_error("fell over");
    co_return 0;
}

TEST(BlockOn, AnswersWhatTheWorkAnswers) {
    EXPECT_EQ(block_on(say("first")), "first");
    EXPECT_EQ(block_on(say("and again on the same thread")), "and again on the same thread");
}

TEST(BlockOn, AnExceptionGoesThrough) {
    EXPECT_THROW(block_on(fall_over()), std::runtime_error);
    EXPECT_EQ(block_on(say("nothing is left of it")), "nothing is left of it");
}

struct Nothing {};

Async<int> wait_for_a_commit(GroupCommit<Nothing>& group) {
    auto operation = std::make_unique<Nothing>();
    const auto done = co_await group.submit(std::move(operation));
    co_return done ? 1 : 0;
}

/// Under ThreadSanitizer this tells whether the loop is gone while another thread still wakes it.
TEST(BlockOn, WorkThatIsResumedFromAnotherThread) {
    GroupCommit<Nothing> group({[](auto&) {}, {}, {}});
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&group] {
            for (int round = 0; round < 200; ++round) {
                EXPECT_EQ(block_on(wait_for_a_commit(group)), 1);
            }
        });
    }
}

}  // namespace
}  // namespace slipway
