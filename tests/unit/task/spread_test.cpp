// SPDX-License-Identifier: Apache-2.0
#include "task/spread.h"

#include "support/loop_thread.h"
#include "support/run_on.h"
#include "task/pause.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <future>
#include <thread>
#include <vector>

namespace slipway {
namespace {

using namespace std::chrono_literals;

class SpreadTest : public ::testing::Test {
  protected:
    using Threads = std::vector<std::thread::id>;

    /// Work of these sizes begun one after the other, and all of it under way at once.
    Threads threads_of(std::vector<std::uint64_t> sizes) {
        Threads where(sizes.size());
        std::vector<std::future<Result<>>> ends;
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            ends.push_back(boost::asio::co_spawn(loops_[0].context, work(sizes[i], where[i]),
                                                 boost::asio::use_future));
        }
        for (auto& end : ends) {
            EXPECT_TRUE(end.get());
        }
        return where;
    }

    Task<> work(std::uint64_t size, std::thread::id& where) {
        co_return co_await spread_.run(size, tell_thread(where));
    }
    static Task<> tell_thread(std::thread::id& where) {
        where = std::this_thread::get_id();
        co_await pause_for(50ms);
        co_return Result<>();
    }

    test::LoopThread loops_[3];
    Spread spread_{{loops_[0].context.get_executor(), loops_[1].context.get_executor(),
                    loops_[2].context.get_executor()}};
    const std::thread::id own_ = loops_[0].id();
    const std::thread::id second_ = loops_[1].id();
    const std::thread::id third_ = loops_[2].id();
};

TEST_F(SpreadTest, TheCallersThreadIsTheLastAmongEquals) {
    EXPECT_EQ(threads_of({10, 10, 10, 10}), (Threads{second_, third_, own_, second_}));
}

TEST_F(SpreadTest, WhoHasLeastToDoTakesTheNext) {
    EXPECT_EQ(threads_of({30, 10, 50, 5, 5, 5}),
              (Threads{second_, third_, own_, third_, third_, third_}));
}

TEST_F(SpreadTest, WhatIsDoneCountsNoMore) {
    EXPECT_EQ(threads_of({10}), Threads{second_});
    EXPECT_EQ(threads_of({10}), Threads{second_});
}

Task<> refuse() {
    co_return fail(ErrorKind::not_found, "no such thing");
}

Task<> refused_by(Spread& spread, std::thread::id& where) {
    auto outcome = co_await spread.run(1, refuse());
    where = std::this_thread::get_id();
    co_return outcome;
}

TEST_F(SpreadTest, AnErrorComesBackToTheCallersThread) {
    std::thread::id where;
    const auto outcome = test::run_on(loops_[0].context, refused_by(spread_, where));
    EXPECT_EQ(outcome.error().message, "no such thing");
    EXPECT_EQ(where, own_);
}

}  // namespace
}  // namespace slipway
