// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <gtest/gtest.h>

#include <thread>

namespace slipway {
namespace {

using namespace std::chrono_literals;

TEST(ThreadBusyTime, IsOfWorkAndNotOfRest) {
    const auto before = thread_busy_time();
    std::this_thread::sleep_for(20ms);
    EXPECT_LT(thread_busy_time() - before, 20ms) << "resting";
    const auto rested = thread_busy_time();
    while (thread_busy_time() - rested < 5ms) {
    }
    std::chrono::microseconds other{0};
    std::thread([&other] { other = thread_busy_time(); }).join();
    EXPECT_LT(other, thread_busy_time()) << "of the calling thread only";
}

}  // namespace
}  // namespace slipway
