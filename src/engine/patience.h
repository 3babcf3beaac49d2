// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"

#include <chrono>

namespace slipway::engine {

/// How long nothing may get through before a run gives up.
///
/// A store that says when it will take something again (Retry-After) is not given up before it was
/// asked then, and not for a few more refusals either: the patience grows by
/// limits::engine_asked_rests of the longest rest it asked for since something got through, to at
/// most limits::engine_patience_factor_max times what it was.
///
/// A value without clock: time comes in.
class Patience {
  public:
    explicit Patience(std::chrono::milliseconds usual) : usual_(usual) {}

    /// Silence is counted from here, unless something got through before.
    void begin(Instant now);
    void progressed(Instant now);

    /// The store asked for such a rest: what of it is granted. A wish that lasts longer than the
    /// patience can is cut to what is left of it, and once nothing is left to the usual patience.
    std::chrono::milliseconds grant(Instant now, std::chrono::milliseconds wish);

    bool over(Instant now) const { return silence(now) >= time(); }
    Instant::duration silence(Instant now) const { return now - last_progress_; }
    /// As it is now.
    std::chrono::milliseconds time() const;

  private:
    std::chrono::milliseconds time_max() const;

    const std::chrono::milliseconds usual_;
    std::chrono::milliseconds longest_wish_{0};  // since something got through
    Instant last_progress_{};
};

}  // namespace slipway::engine
