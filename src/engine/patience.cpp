// SPDX-License-Identifier: Apache-2.0
#include "engine/patience.h"

#include "base/limits.h"

#include <algorithm>

namespace slipway::engine {

using std::chrono::milliseconds;

void Patience::begin(Instant now) {
    if (last_progress_ == Instant()) {
        last_progress_ = now;
    }
}

void Patience::progressed(Instant now) {
    last_progress_ = now;
    longest_wish_ = milliseconds(0);
}

milliseconds Patience::grant(Instant now, milliseconds wish) {
    longest_wish_ = std::max(longest_wish_, wish);
    const auto left = std::chrono::ceil<milliseconds>(time_max() - silence(now));
    return std::min(wish, std::max(left, usual_));
}

milliseconds Patience::time() const {
    return std::min(usual_ + limits::engine_asked_rests * longest_wish_, time_max());
}

milliseconds Patience::time_max() const {
    return limits::engine_patience_factor_max * usual_;
}

}  // namespace slipway::engine
