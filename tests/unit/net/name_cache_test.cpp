// SPDX-License-Identifier: Apache-2.0
#include "net/name_cache.h"

#include "net/io_threads.h"
#include "support/run_on.h"
#include "task/for_each.h"

#include <gtest/gtest.h>

#include <chrono>

namespace slipway::net {
namespace {

using namespace std::chrono_literals;

class NameCacheTest : public ::testing::Test {
  protected:
    NameCacheTest() { threads.start(); }
    ~NameCacheTest() override { threads.stop(); }

    Result<NameCache::Addresses> resolve(const std::string& host) {
        return test::run_on(threads.loop(0),
                            names.resolve(host, std::chrono::steady_clock::now() + 20s));
    }

    Async<int> resolve_many(std::size_t count) {
        int found = 0;
        auto one = [this, &found](std::size_t) { return count_found(found); };
        co_await for_each(count, count, std::move(one));
        co_return found;
    }
    Async<void> count_found(int& found) {
        const auto addresses =
            co_await names.resolve("localhost", std::chrono::steady_clock::now() + 20s);
        found += addresses && addresses->front().is_loopback() ? 1 : 0;
    }

    IoThreads threads{1};
    NameCache names{threads.loop(0)};
};

TEST_F(NameCacheTest, LooksUpANameOnceForAllWhoAsk) {
    EXPECT_EQ(test::run_on(threads.loop(0), resolve_many(200)), 200);
    EXPECT_EQ(test::run_on(threads.loop(0), resolve_many(200)), 200);
    EXPECT_EQ(names.lookups_made(), 1U);
}

TEST_F(NameCacheTest, LooksAgainForWhatItForgot) {
    ASSERT_TRUE(resolve("localhost"));
    names.forget("localhost");
    ASSERT_TRUE(resolve("localhost"));
    EXPECT_EQ(names.lookups_made(), 2U);
}

TEST_F(NameCacheTest, AnAddressNeedsNoLookup) {
    EXPECT_EQ(resolve("127.0.0.9")->front().to_string(), "127.0.0.9");
    EXPECT_EQ(resolve("::1")->front().to_string(), "::1");
    EXPECT_EQ(names.lookups_made(), 0U);
}

TEST_F(NameCacheTest, SaysWhichNameIsUnknown) {
    // Never resolvable, and refused before any server is asked: a label has at most 63 bytes.
    const std::string name(70, 'x');
    const auto unknown = resolve(name);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().kind, ErrorKind::unavailable);
    EXPECT_NE(unknown.error().message.find(name), std::string::npos);
    ASSERT_FALSE(resolve(name));
    EXPECT_EQ(names.lookups_made(), 2U) << "a failure is not kept";
}

}  // namespace
}  // namespace slipway::net
