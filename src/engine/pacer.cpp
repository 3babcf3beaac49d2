// SPDX-License-Identifier: Apache-2.0
#include "engine/pacer.h"

#include "base/assert.h"
#include "base/limits.h"
#include "task/signal.h"

#include <algorithm>
#include <chrono>

namespace slipway::engine {

Pacer::Pacer(std::uint64_t bytes_per_second, Timeline* timeline)
    : bytes_per_second_(bytes_per_second), timeline_(timeline) {
    SLIPWAY_ASSERT(bytes_per_second > 0);
}

Async<void> Pacer::pass(std::uint64_t bytes) {
    const double seconds = static_cast<double>(bytes) / static_cast<double>(bytes_per_second_);
    const Instant begin = std::max(next_, now_on(timeline_) - limits::pacer_burst_time);
    next_ = begin +
            std::chrono::duration_cast<Instant::duration>(std::chrono::duration<double>(seconds));
    if (begin > now_on(timeline_)) {
        const IoExecutor executor = co_await this_executor();
        Signal signal(executor, timeline_);
        co_await signal.wait_until(begin);
    }
}

unsigned Pacer::requests_max() const {
    const auto seconds = static_cast<std::uint64_t>(limits::pacer_chunk_time_max.count());
    return static_cast<unsigned>(std::clamp<std::uint64_t>(
        bytes_per_second_ / (limits::chunk_bytes / seconds), 1, limits::engine_requests_max));
}

}  // namespace slipway::engine
