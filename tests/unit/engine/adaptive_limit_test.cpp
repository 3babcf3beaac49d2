// SPDX-License-Identifier: Apache-2.0
#include "engine/adaptive_limit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

namespace slipway::engine {
namespace {

using namespace std::chrono_literals;

/// A store that moves `capacity(requests under way)` bytes a second and answers each request after
/// `latency(...)`; one epoch after the other.
class Store {
  public:
    explicit Store(unsigned ceiling = limits::engine_requests_max,
                   AdaptiveLimit::BusyTime busy_time = {})
        : limit(ceiling, std::move(busy_time)) {}

    template <class Rate, class Latency>
    void epochs(unsigned count, Rate rate, Latency latency, unsigned refused_percent = 0) {
        for (unsigned epoch = 0; epoch < count; ++epoch) {
            limit.reached(now, limit.limit(), 1);
            const unsigned under_way = limit.limit();
            const auto bytes = static_cast<std::uint64_t>(rate(under_way) * 0.02 / 100);
            for (unsigned answer = 0; answer < 100; ++answer) {
                if (answer < refused_percent) {
                    limit.pushed_back(now);
                } else {
                    limit.succeeded(now, bytes, latency(under_way));
                }
            }
            now += 200ms;
        }
    }

    AdaptiveLimit limit;
    Instant now = Instant(1h);
};

constexpr auto five_ms = [](unsigned) { return std::chrono::microseconds(5ms); };

TEST(AdaptiveLimit, BeginsLowAndKeepsTheCeiling) {
    EXPECT_EQ(AdaptiveLimit(1000).limit(), limits::engine_requests_first);
    EXPECT_EQ(AdaptiveLimit(4).limit(), 4U);
    EXPECT_EQ(AdaptiveLimit(0).limit(), 1U);
    Store store(20);
    store.epochs(
        50, [](unsigned n) { return n * 1e6; }, five_ms);
    EXPECT_EQ(store.limit.limit(), 20U);
}

TEST(AdaptiveLimit, DoublesWhileIdleButNotAtOnce) {
    AdaptiveLimit limit(limits::engine_requests_max);
    const unsigned first = limit.limit();
    const auto time = limits::engine_idle_growth_time;
    Instant now(1h);
    limit.reached(now, first, 0);
    EXPECT_EQ(limit.limit(), first) << "an answer may be on its way";
    limit.reached(now + time, first, 0);
    EXPECT_EQ(limit.limit(), 2 * first);
    limit.reached(now + time + 1ms, 2 * first, 0);
    EXPECT_EQ(limit.limit(), 2 * first);
    limit.reached(now + 2 * time, 2 * first, 1);
    EXPECT_EQ(limit.limit(), 2 * first) << "one is still being sent";
    limit.reached(now + 3 * time, 2 * first, 0);
    EXPECT_EQ(limit.limit(), 2 * first) << "idle only now";
    limit.reached(now + 4 * time, 2 * first, 0);
    EXPECT_EQ(limit.limit(), 4 * first);
}

TEST(AdaptiveLimit, AStoreThatKeepsAnsweringIsNotFlooded) {
    AdaptiveLimit limit(limits::engine_requests_max);
    Instant now(1h);
    for (int i = 0; i < 90; ++i) {  // less than an epoch
        limit.succeeded(now, 1000, 200us);
        limit.reached(now, limit.limit(), 0);
        EXPECT_EQ(limit.limit(), limits::engine_requests_first);
        now += 1ms;
    }
    limit.reached(now - 1ms + limits::engine_idle_growth_time, limit.limit(), 0);
    EXPECT_EQ(limit.limit(), 2 * limits::engine_requests_first) << "now it is silent";
}

/// What a silence of four times the one that counts makes of the limit: during it, and two epochs
/// later.
std::pair<unsigned, unsigned> after_silence(Store& store, std::chrono::milliseconds latency) {
    const auto rate = [](unsigned) { return 1e8; };
    const auto latencies = [latency](unsigned) { return std::chrono::microseconds(latency); };
    store.epochs(3, rate, latencies);
    for (int i = 0; i < 4; ++i) {
        store.limit.reached(store.now, store.limit.limit(), 0);
        store.now += limits::engine_idle_growth_time;
    }
    const unsigned during = store.limit.limit();
    store.epochs(2, rate, latencies);
    return {during, store.limit.limit()};
}

TEST(AdaptiveLimit, AMomentsSilenceIsForgotten) {
    std::chrono::microseconds busy(0);
    Store store(limits::engine_requests_max, [&busy] { return busy += 1s; });
    const unsigned first = limits::engine_requests_first;
    for (int stall = 0; stall < 10; ++stall) {
        EXPECT_EQ(after_silence(store, 20ms), std::pair(8 * first, first));
    }
}

TEST(AdaptiveLimit, AQuickStoresSilenceIsNoReasonForMore) {
    std::chrono::microseconds busy(0);
    Store store(limits::engine_requests_max, [&busy] { return busy += 1s; });
    const unsigned first = limits::engine_requests_first;
    EXPECT_EQ(after_silence(store, 5ms), std::pair(first, first));
}

TEST(AdaptiveLimit, GrowsWhileMoreBringsMore) {
    Store store;
    store.epochs(
        30, [](unsigned n) { return std::min(n, 100U) * 1e6; }, five_ms);
    EXPECT_GE(store.limit.limit(), 80U);
    EXPECT_LE(store.limit.limit(), 160U) << "beyond 100 nothing is won";
}

TEST(AdaptiveLimit, DoesNotGrowByThroughputWhileTheThreadIsBusy) {
    std::chrono::microseconds busy(0);
    Store store(limits::engine_requests_max, [&busy] { return busy; });
    for (unsigned epoch = 0; epoch < 30; ++epoch) {
        store.epochs(
            1, [epoch](unsigned n) { return n * 1e6 * (1 + epoch); }, five_ms);
        busy += 190ms;
    }
    EXPECT_EQ(store.limit.limit(), limits::engine_requests_first);
    store.epochs(
        20, [](unsigned n) { return n * 1e6; }, five_ms);
    EXPECT_GT(store.limit.limit(), 2 * limits::engine_requests_first) << "no longer busy";
}

TEST(AdaptiveLimit, StaysWhereMoreBringsNothing) {
    Store store;
    store.epochs(
        100, [](unsigned) { return 1e8; }, five_ms);
    EXPECT_LE(store.limit.limit(), 32U);
    EXPECT_GE(store.limit.limit(), 8U);
}

TEST(AdaptiveLimit, NoiseIsNotTakenForSuccess) {
    std::mt19937 random(1);
    std::uniform_real_distribution<double> speed(0.8e8, 1.2e8);
    Store store;
    double sum = 0;
    constexpr unsigned epochs = 2000;
    for (unsigned epoch = 0; epoch < epochs; ++epoch) {
        store.epochs(
            1, [&](unsigned) { return speed(random); }, five_ms);
        sum += store.limit.limit();
    }
    EXPECT_LE(sum / epochs, 2.0 * limits::engine_requests_first);
}

TEST(AdaptiveLimit, FindsWhatIsEnoughFromAbove) {
    std::chrono::microseconds busy(0);
    Store store(limits::engine_requests_max, [&busy] { return busy; });
    store.epochs(
        30, [](unsigned n) { return n * 1e6; }, five_ms);
    ASSERT_GT(store.limit.limit(), 100U);
    for (unsigned epoch = 0; epoch < 200; ++epoch) {
        store.epochs(
            1, [](unsigned n) { return std::min(n, 50U) * 1e6; }, five_ms);
        busy += 190ms;  // more would only share the thread, fewer would not
    }
    EXPECT_LE(store.limit.limit(), 60U);
    EXPECT_GE(store.limit.limit(), 40U);
}

TEST(AdaptiveLimit, HalvesWhenManyArePushedBackAndNotForAFew) {
    Store few;
    few.epochs(
        20, [](unsigned) { return 1e8; }, five_ms, 8);
    EXPECT_GE(few.limit.limit(), limits::engine_requests_first);
    Store many;
    many.epochs(
        2, [](unsigned) { return 1e8; }, five_ms, 30);
    EXPECT_LT(many.limit.limit(), limits::engine_requests_first);
    many.epochs(
        50, [](unsigned) { return 1e8; }, five_ms, 100);
    EXPECT_EQ(many.limit.limit(), 1U) << "never none";
}

TEST(AdaptiveLimit, LeavesWhenAQueueGrowsAtTheStore) {
    Store store;
    store.epochs(
        5, [](unsigned) { return 1e8; }, [](unsigned) { return 20ms; });
    const unsigned before = store.limit.limit();
    store.epochs(
        20, [](unsigned) { return 1e8; },
        [](unsigned) { return std::chrono::microseconds(200ms); });
    EXPECT_LT(store.limit.limit(), before);
}

TEST(AdaptiveLimit, ComesBackAfterTheStorm) {
    Store store;
    store.epochs(
        20, [](unsigned n) { return n * 1e6; }, five_ms, 100);
    const unsigned lowest = store.limit.limit();
    store.epochs(
        60, [](unsigned n) { return std::min(n, 64U) * 1e6; }, five_ms);
    EXPECT_GT(store.limit.limit(), 4 * lowest);
}

}  // namespace
}  // namespace slipway::engine
