// SPDX-License-Identifier: Apache-2.0
#include "task/for_each.h"

#include "support/run_task.h"
#include "task/pause.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <vector>

namespace slipway {
namespace {

using namespace std::chrono_literals;

/// What happened while a for_each ran.
struct Seen {
    std::vector<std::size_t> done;
    std::size_t running = 0;
    std::size_t running_max = 0;
};

Async<bool> run_all(std::size_t count, std::size_t width, Seen& seen) {
    auto work = [&seen](std::size_t index) -> Async<void> {
        seen.running_max = std::max(seen.running_max, ++seen.running);
        const auto time = index % 2 == 0 ? 2ms : 1ms;
        co_await pause_for(time);
        --seen.running;
        seen.done.push_back(index);
    };
    co_await for_each(count, width, work);
    co_return true;
}

TEST(ForEach, RunsEachOnceAndNoMoreThanWidthAtATime) {
    Seen seen;
    EXPECT_TRUE(test::run(run_all(10, 3, seen)));
    EXPECT_EQ(seen.running_max, 3);
    EXPECT_EQ(seen.running, 0);
    std::sort(seen.done.begin(), seen.done.end());
    EXPECT_EQ(seen.done, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(ForEach, OfNothingEndsAtOnce) {
    Seen seen;
    EXPECT_TRUE(test::run(run_all(0, 3, seen)));
    EXPECT_TRUE(seen.done.empty());
}

TEST(ForEach, WidthOfNoneIsOne) {
    Seen seen;
    EXPECT_TRUE(test::run(run_all(3, 0, seen)));
    EXPECT_EQ(seen.running_max, 1);
    EXPECT_EQ(seen.done, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(ForEach, OneAtATimeIsInOrder) {
    Seen seen;
    EXPECT_TRUE(test::run(run_all(5, 1, seen)));
    EXPECT_EQ(seen.done, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(ForEach, OneIsNotMadeMoreByAWiderLimit) {
    Seen seen;
    EXPECT_TRUE(test::run(run_all(1, 5, seen)));
    EXPECT_EQ(seen.done, std::vector<std::size_t>{0});
}

Async<bool> run_with_failures(std::vector<Result<>>& outcomes) {
    auto work = [&outcomes](std::size_t index) -> Async<void> {
        co_await pause_for(1ms);
        if (index % 2 == 1) {
            outcomes[index] = fail(ErrorKind::io, "odd");
        }
    };
    co_await for_each(outcomes.size(), 2, work);
    co_return true;
}

TEST(ForEach, FailuresAreForTheWorkToKeep) {
    std::vector<Result<>> outcomes(4);
    EXPECT_TRUE(test::run(run_with_failures(outcomes)));
    EXPECT_TRUE(outcomes[0] && outcomes[2]);
    EXPECT_FALSE(outcomes[1] || outcomes[3]);
}

Async<bool> run_without_waiting(std::size_t count) {
    std::size_t sum = 0;
    auto work = [&sum](std::size_t index) -> Async<void> {
        sum += index;
        co_return;
    };
    co_await for_each(count, 4, work);
    co_return sum == count*(count - 1) / 2;
}

TEST(ForEach, WorkThatNeverWaits) {
    EXPECT_TRUE(test::run(run_without_waiting(1000)));
}

Async<bool> run_with_a_throw(std::size_t& ended) {
    auto work = [&ended](std::size_t index) -> Async<void> {
        co_await pause_for(1ms);
        if (index == 1) {
            throw std::runtime_error("one");
        }
        co_await pause_for(5ms);
        ++ended;
    };
    co_await for_each(10, 3, work);
    co_return true;
}

TEST(ForEach, ExceptionComesThroughOnceTheRestHasEnded) {
    std::size_t ended = 0;
    EXPECT_THROW(test::run(run_with_a_throw(ended)), std::runtime_error);
    EXPECT_EQ(ended, 2) << "those under way ended, no further one began";
}

}  // namespace
}  // namespace slipway
