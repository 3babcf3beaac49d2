// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace slipway {

/// Wall-clock time, microseconds since 1970 in UTC: what is signed, stored and shown.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// Monotonic time: what deadlines and rates are measured with.
using Instant = std::chrono::steady_clock::time_point;

/// Where wall-clock time comes from. Injected, so that tests set it. Any thread.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
  public:
    Time now() const override {
        return std::chrono::time_point_cast<std::chrono::microseconds>(
            std::chrono::system_clock::now());
    }
};

/// Processor time that the calling thread has used so far.
std::chrono::microseconds thread_busy_time();

}  // namespace slipway
