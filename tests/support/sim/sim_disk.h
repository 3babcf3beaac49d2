// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/sim/dice.h"
#include "support/sim/virtual_time.h"
#include "task/disk_threads.h"
#include "task/spawn.h"

#include <chrono>
#include <functional>
#include <utility>

namespace slipway::test {

/// Disk threads of a simulation: what they are given is done after some virtual time, on the only
/// thread there is. The files are real.
class SimDisk final : public DiskThreads {
  public:
    SimDisk(VirtualTime& time, Dice& dice, std::chrono::microseconds slowest)
        : DiskThreads(0), time_(time), dice_(dice), slowest_(slowest) {}

    /// Ends when nothing is left to do, also of those who did not wait for it.
    Async<void> idle() {
        while (under_way_ > 0) {
            co_await time_.pause(std::chrono::milliseconds(1));
        }
    }

  protected:
    void enqueue(std::function<void()> job) override {
        ++under_way_;
        spawn(time_.executor(), carry_out(std::move(job)));
    }

  private:
    Async<void> carry_out(std::function<void()> job) {
        co_await time_.pause(dice_.between(std::chrono::microseconds(0), slowest_));
        job();
        --under_way_;
    }

    VirtualTime& time_;
    Dice& dice_;
    const std::chrono::microseconds slowest_;
    unsigned under_way_ = 0;
};

}  // namespace slipway::test
