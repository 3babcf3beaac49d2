// SPDX-License-Identifier: Apache-2.0
#include "task/disk_threads.h"

#include "support/run_task.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>

namespace slipway {
namespace {

Async<int> run_seven(DiskThreads& disk, std::thread::id& worked_on, std::thread::id& back_on) {
    auto work = [&worked_on] {
        worked_on = std::this_thread::get_id();
        return 7;
    };
    const int answer = co_await disk.run(std::move(work));
    back_on = std::this_thread::get_id();
    co_return answer;
}

TEST(DiskThreads, RunsElsewhereAndAnswersHere) {
    DiskThreads disk(2);
    std::thread::id worked_on;
    std::thread::id back_on;
    EXPECT_EQ(test::run(run_seven(disk, worked_on, back_on)), 7);
    EXPECT_NE(worked_on, std::this_thread::get_id());
    EXPECT_EQ(back_on, std::this_thread::get_id());
}

TEST(DiskThreads, AnswersResultsAndTakesWhatMovesOnly) {
    DiskThreads disk(1);
    auto owned = std::make_unique<int>(5);
    auto work = [owned = std::move(owned)]() -> Result<std::unique_ptr<int>> {
        return std::make_unique<int>(*owned + 1);
    };
    EXPECT_EQ(**test::run(disk.run(std::move(work))), 6);
    auto failing = []() -> Result<> { return fail(ErrorKind::io, "disk on fire"); };
    EXPECT_EQ(test::run(disk.run(std::move(failing))).error().message, "disk on fire");
}

TEST(DiskThreads, WorkRunsSideBySideOnAllThreads) {
    boost::asio::io_context loop;  // outlives whoever wakes it
    DiskThreads disk(3);
    // Each piece ends only when all three have begun: one thread alone would never get there.
    std::atomic<int> begun = 0;
    int ended = 0;
    auto meet = [&]() -> Async<void> {
        auto work = [&begun] {
            ++begun;
            begun.notify_all();
            for (int seen = begun; seen < 3; seen = begun) {
                begun.wait(seen);
            }
            return true;
        };
        co_await disk.run(std::move(work));
        ++ended;
    };
    for (int i = 0; i < 3; ++i) {
        boost::asio::co_spawn(loop, meet, [](std::exception_ptr) {});
    }
    loop.run();
    EXPECT_EQ(ended, 3);
}

TEST(DiskThreads, TheDestructorFinishesWhatWasQueued) {
    std::atomic<int> done = 0;
    boost::asio::io_context loop;
    {
        DiskThreads disk(1);
        auto count = [&]() -> Async<void> {
            auto work = [&done] {
                ++done;
                return true;
            };
            co_await disk.run(std::move(work));
        };
        for (int i = 0; i < 50; ++i) {
            boost::asio::co_spawn(loop, count, [](std::exception_ptr) {});
        }
        loop.poll();
    }
    EXPECT_EQ(done, 50);
    loop.restart();
    loop.run();
}

}  // namespace
}  // namespace slipway
