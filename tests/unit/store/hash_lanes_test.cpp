// SPDX-License-Identifier: Apache-2.0
#include "store/hash_lanes.h"

#include "task/chunk_pool.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace slipway::store {
namespace {

std::string random_text(std::mt19937& random, std::size_t size) {
    std::string text(size, '\0');
    for (char& c : text) {
        c = static_cast<char>(random());
    }
    return text;
}

/// Sends `text` through the lanes in pieces of different sizes, one after the other.
Async<void> hash(HashLanes& lanes, std::string text, std::shared_ptr<codec::Md5> md5) {
    std::mt19937 random(static_cast<unsigned>(text.size()));
    std::string_view left = text;
    while (!left.empty()) {
        const auto piece = left.substr(0, random() % 90'000);
        left.remove_prefix(piece.size());
        auto chunk = std::make_shared<const Chunk>(Chunk::copy_of(piece));
        EXPECT_TRUE(co_await lanes.update(md5, std::move(chunk)));
    }
}

class HashLanesTest : public ::testing::TestWithParam<std::size_t> {
  protected:
    boost::asio::io_context loop_;  // outlives whoever wakes it
    DiskThreads disk_{3};
};

TEST_P(HashLanesTest, EachBodyGetsItsOwnHashInAnyCompany) {
    HashLanes lanes(disk_, GetParam());
    std::mt19937 random(3);
    std::vector<std::string> texts;
    std::vector<std::shared_ptr<codec::Md5>> hashes;
    for (int i = 0; i < 40; ++i) {
        texts.push_back(random_text(random, random() % 300'000));
        hashes.push_back(std::make_shared<codec::Md5>());
        boost::asio::co_spawn(loop_, hash(lanes, texts.back(), hashes.back()),
                              boost::asio::detached);
    }
    loop_.run();
    for (std::size_t i = 0; i < texts.size(); ++i) {
        EXPECT_EQ(hashes[i]->finish(), codec::md5(texts[i])) << i;
    }
}

Async<void> hash_pooled(HashLanes& lanes, ChunkPool& pool, std::optional<std::size_t>& in_use) {
    auto md5 = std::make_shared<codec::Md5>();
    Chunk taken = co_await pool.take();
    taken.resize(taken.capacity());
    std::fill_n(taken.data(), taken.size(), std::byte{'x'});
    auto chunk = std::make_shared<const Chunk>(std::move(taken));
    EXPECT_TRUE(co_await lanes.update(md5, std::move(chunk)));
    in_use = pool.chunks_in_use();
    EXPECT_EQ(md5.use_count(), 1) << "the coroutine is the last to hold it";
}

TEST_P(HashLanesTest, GivesTheChunkBackBeforeItAnswers) {
    HashLanes lanes(disk_, GetParam());
    ChunkPool pool;
    std::optional<std::size_t> in_use;
    boost::asio::co_spawn(loop_, hash_pooled(lanes, pool, in_use), boost::asio::detached);
    loop_.run();
    EXPECT_EQ(in_use, 0U);
}

TEST_P(HashLanesTest, MayGoBeforeItsWorkIsDone) {
    const std::string text(500'000, 'x');
    auto md5 = std::make_shared<codec::Md5>();
    auto lanes = std::make_unique<HashLanes>(disk_, GetParam());
    auto chunk = std::make_shared<const Chunk>(Chunk::copy_of(text));
    boost::asio::co_spawn(loop_, lanes->update(md5, std::move(chunk)), boost::asio::detached);
    loop_.run_one();  // up to where it waits
    lanes.reset();
    loop_.run();
    EXPECT_EQ(md5->finish(), codec::md5(text));
}

INSTANTIATE_TEST_SUITE_P(Lanes, HashLanesTest, ::testing::Values(1, 2, 16));

}  // namespace
}  // namespace slipway::store
