// SPDX-License-Identifier: Apache-2.0
#include "task/forward_memory.h"

#include "support/run_task.h"
#include "task/pause.h"
#include "task/signal.h"
#include "task/spawn.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <vector>

namespace slipway {
namespace {

using Pace = ForwardMemory::Pace;
using namespace std::chrono_literals;

constexpr std::size_t part = 5 * limits::chunk_bytes;

class ForwardMemoryTest : public ::testing::Test {
  public:
    static ForwardMemory::Options options(std::size_t parts, Instant* now) {
        ForwardMemory::Options made;
        made.bytes = parts * part;
        made.spare_bytes = 2 * part;
        made.first_bytes = 64 * 1024;
        made.now = [now] { return *now; };
        return made;
    }

    /// Asks beside the test; what it got is in parts_, by number, once it did.
    void ask(const IoExecutor& executor, Pace pace, std::size_t bytes = part) {
        spawn(executor, keep(parts_.emplace_back(), memory_, bytes, pace));
    }
    static Async<void> keep(PartMemory& into, ForwardMemory& memory, std::size_t bytes, Pace pace) {
        auto got = co_await memory.reserve(bytes, pace);
        if (got) {
            into = *std::move(got);
        }
    }
    std::size_t granted() const {
        std::size_t count = 0;
        for (const PartMemory& each : parts_) {
            count += each ? 1U : 0U;
        }
        return count;
    }
    static Async<void> settle() { co_await pause_for(1ms); }

    Instant now_ = std::chrono::steady_clock::now();
    ForwardMemory memory_{options(4, &now_)};
    std::deque<PartMemory> parts_;
};

TEST_F(ForwardMemoryTest, GrantsInOrderOfAskingAsMemoryComesBack) {
    const auto work = [](ForwardMemoryTest& test) -> Async<int> {
        const IoExecutor executor = co_await this_executor();
        for (int i = 0; i < 6; ++i) {
            test.ask(executor, Pace::fast);
        }
        co_await settle();
        EXPECT_EQ(test.granted(), 4U);
        test.parts_[1] = PartMemory();
        co_await settle();
        EXPECT_TRUE(test.parts_[4]);
        EXPECT_FALSE(test.parts_[5]);
        // A small one does not overtake: nobody starves.
        test.ask(executor, Pace::fast, 1);
        co_await settle();
        EXPECT_FALSE(test.parts_[6]);
        test.parts_[0] = PartMemory();
        co_await settle();
        EXPECT_TRUE(test.parts_[5]);
        test.memory_.close();
        co_await settle();
        test.parts_.clear();
        co_return 0;
    };
    test::run(work(*this));
    EXPECT_EQ(memory_.use().bytes, 0U);
}

TEST_F(ForwardMemoryTest, SlowOnesTogetherGetHalf) {
    const auto work = [](ForwardMemoryTest& test) -> Async<int> {
        const IoExecutor executor = co_await this_executor();
        for (int i = 0; i < 5; ++i) {
            test.ask(executor, Pace::slow);
        }
        co_await settle();
        EXPECT_EQ(test.granted(), 2U);
        EXPECT_EQ(test.memory_.use().slow_bytes, 2 * part);
        test.ask(executor, Pace::fast);
        test.ask(executor, Pace::fast);
        co_await settle();
        EXPECT_EQ(test.granted(), 4U);
        test.parts_[0] = PartMemory();
        co_await settle();
        EXPECT_TRUE(test.parts_[2]);
        test.memory_.close();
        co_await settle();
        test.parts_.clear();
        co_return 0;
    };
    test::run(work(*this));
}

TEST_F(ForwardMemoryTest, NeitherKindKeepsTheOtherFromGoingOn) {
    const auto work = [](ForwardMemoryTest& test) -> Async<int> {
        const IoExecutor executor = co_await this_executor();
        for (int i = 0; i < 4; ++i) {
            test.ask(executor, Pace::fast);
        }
        test.ask(executor, Pace::slow);
        test.ask(executor, Pace::slow);
        co_await settle();
        EXPECT_TRUE(test.parts_[4]);  // out of the spare memory
        EXPECT_FALSE(test.parts_[5]);
        test.memory_.close();
        co_await settle();
        test.parts_.clear();
        co_return 0;
    };
    test::run(work(*this));
}

TEST_F(ForwardMemoryTest, WhoBeganFastAndStallsCountsAsSlow) {
    const auto work = [](ForwardMemoryTest& test) -> Async<int> {
        const IoExecutor executor = co_await this_executor();
        for (int i = 0; i < 6; ++i) {
            test.ask(executor, Pace::fast);
        }
        co_await settle();
        EXPECT_EQ(test.granted(), 4U);
        EXPECT_EQ(test.memory_.use().slow_bytes, 0U);
        test.now_ += limits::forward_fast_time;
        co_await pause_for(limits::forward_look_time + 100ms);  // nothing is given back
        EXPECT_EQ(test.memory_.use().slow_bytes, 4 * part);
        EXPECT_EQ(test.granted(), 5U);  // one at a time, out of the spare memory
        test.memory_.close();
        co_await settle();
        test.parts_.clear();
        co_return 0;
    };
    parts_.clear();
    test::run(work(*this));
}

TEST_F(ForwardMemoryTest, ChunksKeepTheirMemoryUntilTheyAreDropped) {
    const auto work = [](ForwardMemoryTest& test) -> Async<int> {
        auto held = co_await test.memory_.reserve(part, Pace::fast);
        std::vector<Chunk> chunks;
        chunks.push_back(held->take(limits::chunk_bytes));
        chunks.push_back(held->take(4096));
        EXPECT_EQ(held->left(), part - limits::chunk_bytes - 4096);
        EXPECT_EQ(chunks[0].capacity(), limits::chunk_bytes);
        EXPECT_EQ(test.memory_.use().bytes, part);
        *held = PartMemory();
        EXPECT_EQ(test.memory_.use().bytes, limits::chunk_bytes + 4096);
        chunks.clear();
        EXPECT_EQ(test.memory_.use().bytes, 0U);
        // Rounding may take more than was asked for.
        auto small = co_await test.memory_.reserve(10, Pace::slow);
        chunks.push_back(small->take(4096));
        EXPECT_EQ(test.memory_.use().slow_bytes, 4096U);
        chunks.clear();
        EXPECT_EQ(test.memory_.use().slow_bytes, 0U);
        co_return 0;
    };
    test::run(work(*this));
}

TEST_F(ForwardMemoryTest, FirstBytesHaveALimitOfTheirOwn) {
    std::vector<Chunk> chunks;
    for (int i = 0; i < 16; ++i) {
        chunks.push_back(memory_.begin(4096));
        EXPECT_EQ(chunks.back().capacity(), 4096U);
    }
    EXPECT_EQ(memory_.begin(4096).capacity(), 0U);
    chunks.pop_back();
    EXPECT_EQ(memory_.begin(4096).capacity(), 4096U);
    chunks.clear();
    EXPECT_EQ(memory_.use().first_bytes, 0U);
}

TEST_F(ForwardMemoryTest, AClosedOneLetsNobodyWait) {
    const auto work = [](ForwardMemoryTest& test) -> Async<ErrorKind> {
        auto all = co_await test.memory_.reserve(4 * part, Pace::fast);
        const IoExecutor executor = co_await this_executor();
        auto later = [](ForwardMemory& memory) -> Async<void> {
            co_await settle();
            memory.close();
        };
        spawn(executor, later(test.memory_));
        const auto refused = co_await test.memory_.reserve(part, Pace::fast);
        co_return refused.error().kind;
    };
    EXPECT_EQ(test::run(work(*this)), ErrorKind::cancelled);
}

Async<void> store(std::vector<Chunk> chunks) {
    co_await pause_for(1ms);
    chunks.clear();
}

/// A stream of many parts: reserves one, brings it, and has it stored while it asks for the next.
Async<void> send_parts(ForwardMemory& memory, int parts, Pace pace, int& done, std::size_t& most) {
    const IoExecutor executor = co_await this_executor();
    for (int i = 0; i < parts; ++i) {
        auto held = co_await memory.reserve(part, pace);
        EXPECT_TRUE(held);
        std::vector<Chunk> chunks;
        while (held->left() > 0) {
            chunks.push_back(held->take(limits::chunk_bytes));
            co_await pause_for(0ms);
        }
        most = std::max(most, memory.use().bytes);
        spawn(executor, store(std::move(chunks)));
    }
    ++done;
}

TEST_F(ForwardMemoryTest, ManyStreamsOnATinyBudgetAllArrive) {
    const auto work = [](ForwardMemoryTest& test) -> Async<std::size_t> {
        const IoExecutor executor = co_await this_executor();
        int done = 0;
        std::size_t most = 0;
        Signal over(executor);
        for (int i = 0; i < 60; ++i) {
            spawn(executor,
                  send_parts(test.memory_, 4, i % 3 == 0 ? Pace::slow : Pace::fast, done, most),
                  [&over] { over.raise(); });
        }
        while (done < 60) {
            co_await over.wait();
        }
        while (test.memory_.use().bytes > 0) {
            co_await settle();
        }
        co_return most;
    };
    EXPECT_LE(test::run(work(*this)), 6 * part);  // the budget and the spare memory
    EXPECT_EQ(memory_.use().bytes, 0U);
}

}  // namespace
}  // namespace slipway
