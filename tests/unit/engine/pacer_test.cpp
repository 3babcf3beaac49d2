// SPDX-License-Identifier: Apache-2.0
#include "engine/pacer.h"

#include "base/limits.h"
#include "support/sim/virtual_time.h"

#include <gtest/gtest.h>

namespace slipway::test {
namespace {

using namespace std::chrono_literals;

class PacerTest : public ::testing::Test {
  protected:
    Async<bool> pass(engine::Pacer& pacer, unsigned times, std::uint64_t bytes) {
        for (unsigned i = 0; i < times; ++i) {
            co_await pacer.pass(bytes);
        }
        co_return true;
    }
    /// What it takes to pass so often.
    std::chrono::nanoseconds time_for(engine::Pacer& pacer, unsigned times, std::uint64_t bytes) {
        const Instant begin = time_.now();
        EXPECT_TRUE(time_.run(pass(pacer, times, bytes), begin + 1h));
        return time_.now() - begin;
    }

    VirtualTime time_;
};

TEST_F(PacerTest, TheRateIsKept) {
    engine::Pacer pacer(1'000'000, &time_);
    const auto took = time_for(pacer, 101, 100'000);  // the last one only begins then
    EXPECT_GE(took, 10s - limits::pacer_burst_time);
    EXPECT_LE(took, 10s);
}

TEST_F(PacerTest, UnusedTimeIsLostButForABurst) {
    engine::Pacer pacer(1'000'000, &time_);
    time_for(pacer, 2, 1'000'000);
    time_.sleep(1min);
    EXPECT_GE(time_for(pacer, 11, 1'000'000), 10s - limits::pacer_burst_time);
}

TEST_F(PacerTest, ASlowRateIsSharedByFewRequests) {
    EXPECT_EQ(engine::Pacer(limits::pacer_bytes_per_second_min, &time_).requests_max(), 1U);
    EXPECT_EQ(engine::Pacer(1 << 20, &time_).requests_max(), 40U);
    EXPECT_EQ(engine::Pacer(1ULL << 40, &time_).requests_max(), limits::engine_requests_max);
}

}  // namespace
}  // namespace slipway::test
