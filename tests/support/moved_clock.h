// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"

#include <atomic>
#include <chrono>

namespace slipway::test {

/// Goes on only when it is told to.
class MovedClock final : public Clock {
  public:
    Time now() const override { return now_; }
    void advance(std::chrono::microseconds by) { now_ = now_.load() + by; }
    void set(Time now) { now_ = now; }

  private:
    std::atomic<Time> now_ = SystemClock().now();
};

}  // namespace slipway::test
