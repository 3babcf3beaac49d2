// SPDX-License-Identifier: Apache-2.0
#include "task/chunk_pool.h"

#include "support/run_task.h"

#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstring>
#include <thread>

namespace slipway {
namespace {

constexpr std::size_t two_chunks = 2 * limits::chunk_bytes;

TEST(Chunk, OutsideAnyPoolItIsACopy) {
    std::string text = "hello";
    const Chunk chunk = Chunk::copy_of(text);
    text[0] = 'j';
    EXPECT_EQ(chunk.text(), "hello");
    EXPECT_EQ(chunk.bytes().size(), 5U);
    const Chunk nothing = Chunk::copy_of("");
    EXPECT_TRUE(nothing.empty());
    EXPECT_EQ(nothing.capacity(), 0U);
    EXPECT_EQ(nothing.text(), "");
}

TEST(Chunk, AViewIsOfWhatSomebodyElseKeeps) {
    const std::string text = "hello";
    Chunk first = Chunk::view_of(text);
    const Chunk second = std::move(first);
    EXPECT_EQ(second.text().data(), text.data());
    EXPECT_EQ(second.size(), 5U);
    EXPECT_EQ(second.capacity(), 0U);
}

TEST(Chunk, MovingLeavesNothingBehind) {
    ChunkPool pool(two_chunks);
    Chunk first = pool.try_take();
    std::memcpy(first.data(), "abc", 3);
    first.resize(3);
    Chunk second = std::move(first);
    EXPECT_EQ(second.text(), "abc");
    EXPECT_EQ(pool.chunks_in_use(), 1U);
    second = Chunk();
    EXPECT_EQ(pool.chunks_in_use(), 0U);
    Chunk& same = second;
    second = pool.try_take();
    second = std::move(same);  // to itself: still there, or gone back, but never twice
    second = Chunk();
    EXPECT_EQ(pool.chunks_in_use(), 0U);
}

TEST(ChunkPool, GivesNoMoreThanItsBudget) {
    ChunkPool pool(two_chunks + 1);
    Chunk first = pool.try_take();
    EXPECT_EQ(first.capacity(), limits::chunk_bytes);
    EXPECT_EQ(first.size(), 0U);
    Chunk second = pool.try_take();
    EXPECT_EQ(pool.chunks_in_use(), 2U);
    EXPECT_EQ(pool.try_take().capacity(), 0U);
    first = Chunk();
    EXPECT_EQ(pool.chunks_in_use(), 1U);
    EXPECT_EQ(pool.try_take().capacity(), limits::chunk_bytes);
}

TEST(ChunkPool, ASmallBudgetIsOneChunk) {
    ChunkPool pool(1);
    const Chunk one = pool.try_take();
    EXPECT_EQ(one.capacity(), limits::chunk_bytes);
    EXPECT_EQ(pool.try_take().capacity(), 0U);
}

Async<void> take_and_note(ChunkPool& pool, int number, std::vector<int>& order) {
    const Chunk chunk = co_await pool.take();
    EXPECT_EQ(chunk.capacity(), limits::chunk_bytes);
    order.push_back(number);
}

TEST(ChunkPool, ServesThoseWhoWaitInTheirOrder) {
    ChunkPool pool(limits::chunk_bytes);
    boost::asio::io_context loop;
    std::vector<int> order;
    Chunk held = pool.try_take();
    for (int number = 0; number < 5; ++number) {
        boost::asio::co_spawn(loop, take_and_note(pool, number, order), boost::asio::detached);
    }
    loop.poll();
    EXPECT_TRUE(order.empty());
    EXPECT_EQ(pool.chunks_in_use(), 1U);
    held = Chunk();
    EXPECT_EQ(pool.try_take().capacity(), 0U) << "nobody overtakes those who wait";
    loop.restart();
    loop.run();
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
    EXPECT_EQ(pool.chunks_in_use(), 0U);
}

TEST(ChunkPool, AChunkDroppedOnAnotherThreadWakesTheWaiterOnItsOwn) {
    ChunkPool pool(limits::chunk_bytes);
    boost::asio::io_context loop;
    std::vector<int> order;
    std::thread::id served_on;
    auto wait = [&]() -> Async<void> {
        co_await take_and_note(pool, 1, order);
        served_on = std::this_thread::get_id();
    };
    {
        Chunk held = pool.try_take();
        boost::asio::co_spawn(loop, wait, boost::asio::detached);
        loop.poll();
        loop.restart();
        std::jthread other([dropped = std::move(held)]() mutable { dropped = Chunk(); });
    }
    loop.run();
    EXPECT_EQ(order, std::vector<int>{1});
    EXPECT_EQ(served_on, std::this_thread::get_id());
    EXPECT_EQ(pool.chunks_in_use(), 0U);
}

TEST(ChunkPool, ManyThreadsShareTheBudget) {
    std::array<boost::asio::io_context, 4> loops;  // outlive whoever wakes them
    ChunkPool pool(two_chunks);
    std::vector<std::jthread> threads;
    std::atomic<int> served = 0;
    for (boost::asio::io_context& loop : loops) {
        threads.emplace_back([&pool, &served, &loop] {
            auto work = [&]() -> Async<void> {
                for (int i = 0; i < 200; ++i) {
                    const Chunk chunk = co_await pool.take();
                    EXPECT_LE(pool.chunks_in_use(), 2U);
                    ++served;
                }
            };
            boost::asio::co_spawn(loop, work, boost::asio::detached);
            boost::asio::co_spawn(loop, work, boost::asio::detached);
            loop.run();
        });
    }
    threads.clear();
    EXPECT_EQ(served, 1600);
    EXPECT_EQ(pool.chunks_in_use(), 0U);
}

}  // namespace
}  // namespace slipway
