// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"

namespace slipway {

class Signal;

/// Monotonic time of a test's own, in which what waits on Signals lives through hours in
/// milliseconds. Where none is given (nullptr) time is the machine's. One I/O thread.
class Timeline {
  public:
    virtual ~Timeline() = default;
    virtual Instant now() const = 0;

    /// Raises the signal at that time, once, unless it is forgotten before.
    virtual void raise_at(Instant time, Signal& signal) = 0;
    virtual void forget(Signal& signal) = 0;
};

/// What time it is there.
inline Instant now_on(const Timeline* timeline) {
    return timeline == nullptr ? std::chrono::steady_clock::now() : timeline->now();
}

}  // namespace slipway
