// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "task/task.h"
#include "task/timeline.h"

#include <cstdint>

namespace slipway::engine {

/// Keeps everything that asks it below so many bytes a second, in the order of asking.
///
/// Each piece of bytes gets a time to go that begins where the one before ends (a leaky bucket);
/// time that nobody used is lost but for limits::pacer_burst_time. One I/O thread.
class Pacer {
  public:
    /// At least 1 byte a second: where there is no limit there is no Pacer. `timeline` as in
    /// TransferOptions.
    Pacer(std::uint64_t bytes_per_second, Timeline* timeline);

    /// Ends when these bytes may go.
    Async<void> pass(std::uint64_t bytes);

    /// How many requests at once are each still moving at this rate: above it servers would take
    /// some of them for dead.
    unsigned requests_max() const;

  private:
    const std::uint64_t bytes_per_second_;
    Timeline* const timeline_;
    Instant next_{};  // when what was passed so far has gone
};

}  // namespace slipway::engine
