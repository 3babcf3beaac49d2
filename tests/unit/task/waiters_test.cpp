// SPDX-License-Identifier: Apache-2.0
#include "task/waiters.h"

#include "support/run_task.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace slipway {
namespace {

Async<bool> wait_for(Waiters& waiters, std::uint64_t ticket) {
    co_await waiters.wait(ticket);
    co_return true;
}

TEST(Waiters, AWaitThatBeginsAfterTheWakingDoesNotWait) {
    Waiters waiters;
    const auto ticket = waiters.ticket();
    waiters.wake_all();
    EXPECT_TRUE(test::run(wait_for(waiters, ticket)));
}

TEST(Waiters, AllAreWokenOnTheThreadTheyWaitOn) {
    Waiters waiters;
    std::atomic<int> waiting = 0;
    std::atomic<int> woken = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        auto work = [&]() -> Async<bool> {
            const auto here = std::this_thread::get_id();
            const auto ticket = waiters.ticket();
            ++waiting;
            co_await waiters.wait(ticket);
            EXPECT_EQ(std::this_thread::get_id(), here);
            ++woken;
            co_return true;
        };
        threads.emplace_back([work] { test::run(work()); });
    }
    while (waiting < 4) {
        std::this_thread::yield();
    }
    EXPECT_EQ(woken, 0);
    waiters.wake_all();
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(woken, 4);
}

}  // namespace
}  // namespace slipway
