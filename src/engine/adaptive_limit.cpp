// SPDX-License-Identifier: Apache-2.0
#include "engine/adaptive_limit.h"

#include <algorithm>
#include <utility>

namespace slipway::engine {
namespace {

using std::chrono::microseconds;

constexpr double raise_factor = 1.25;
constexpr double cut_factor = 0.8;
/// How many times the bytes of before are more, and one over which are as many.
constexpr double is_more = 1.05;
constexpr double pushed_back_factor = 0.7;
constexpr double latency_factor = 0.9;
/// What share of an epoch's answers must push back before it counts: more than 1 in so many.
constexpr unsigned pushed_back_one_in = 10;
constexpr unsigned rest_epochs_after_failed_trial = 8;
/// A thread is busy that works for more than this share of an epoch.
constexpr double busy_share = 0.75;

}  // namespace

AdaptiveLimit::AdaptiveLimit(unsigned ceiling, BusyTime busy_time)
    : ceiling_(std::clamp(ceiling, 1U, limits::engine_requests_max)),
      busy_time_(std::move(busy_time)),
      limit_(std::min(ceiling_, limits::engine_requests_first)) {
}

void AdaptiveLimit::reached(Instant now, unsigned under_way, unsigned unsent) {
    end_epoch_if_over(now);
    epoch_.limit_reached = true;
    const bool quick = latency_.count() > 0 && latency_ < limits::engine_idle_growth_time;
    if (unsent > 0 || under_way < limit_ || quick) {
        idle_since_.reset();
        return;
    }
    idle_since_ = idle_since_.value_or(now);
    if (now - *idle_since_ < limits::engine_idle_growth_time) {
        return;
    }
    idle_since_ = now;
    if (before_trial_ > limit_) {
        set(std::exchange(before_trial_, 0));
        return;
    }
    before_trial_ = before_trial_ > 0 ? before_trial_ : limit_;
    set(slow_start_ ? limit_ * 2.0 : limit_ + 1.0);
}

void AdaptiveLimit::succeeded(Instant now, std::uint64_t bytes, microseconds latency) {
    end_epoch_if_over(now);
    idle_since_.reset();
    epoch_.bytes += bytes;
    epoch_.latencies += latency;
    ++epoch_.answers;
}

void AdaptiveLimit::pushed_back(Instant now) {
    end_epoch_if_over(now);
    idle_since_.reset();
    ++epoch_.answers;
    ++epoch_.pushed_back;
}

void AdaptiveLimit::end_epoch_if_over(Instant now) {
    if (epoch_.begin == Instant()) {
        begin_epoch(now);
        return;
    }
    const auto length = std::max<microseconds>(limits::engine_epoch_time_min, 2 * latency_);
    if (now - epoch_.begin < length || epoch_.answers == 0) {
        return;
    }
    judge_epoch(std::chrono::duration_cast<microseconds>(now - epoch_.begin));
    begin_epoch(now);
}

void AdaptiveLimit::begin_epoch(Instant now) {
    epoch_ = Epoch();
    epoch_.begin = now;
    epoch_.busy_before = busy_time_ ? busy_time_() : microseconds(0);
}

void AdaptiveLimit::judge_epoch(microseconds length) {
    const double rate = static_cast<double>(epoch_.bytes) / static_cast<double>(length.count());
    const double rate_before = std::exchange(rate_, rate);
    const unsigned before = std::exchange(before_trial_, 0);
    const unsigned succeeded = epoch_.answers - epoch_.pushed_back;
    if (succeeded > 0) {
        latency_ = epoch_.latencies / succeeded;
        if (latency_lowest_.count() == 0 || latency_ < latency_lowest_) {
            latency_lowest_ = latency_;
        }
    }
    if (epoch_.pushed_back * pushed_back_one_in > epoch_.answers) {
        slow_start_ = false;
        set(limit_ * pushed_back_factor);
        return;
    }
    const bool more = rate > rate_before * is_more;
    const bool raised = before > 0 && before < limit_;
    if (succeeded > 0 && latency_ > 2 * latency_lowest_ + limits::engine_latency_noise && !more) {
        slow_start_ = false;
        set(raised ? before : limit_ * latency_factor);
        return;
    }
    const bool fewer = before > limit_;
    const bool as_much = rate * is_more > rate_before;
    if ((raised && !more) || (fewer && !as_much)) {
        set(before);
        try_fewer_ = raised;
        rest_epochs_ = rest_epochs_after_failed_trial;
        return;
    }
    if (rest_epochs_ > 0) {
        --rest_epochs_;
        return;
    }
    if (epoch_.limit_reached) {
        begin_trial(busy_time_ && busy_time_() - epoch_.busy_before > busy_share * length);
    }
}

void AdaptiveLimit::begin_trial(bool busy) {
    const unsigned lowest = std::min(ceiling_, limits::engine_requests_first);
    if ((try_fewer_ || busy) && limit_ > lowest) {
        before_trial_ = limit_;
        set(std::max<double>(lowest, limit_ * cut_factor));
    } else if (!busy && limit_ < ceiling_) {
        try_fewer_ = false;
        before_trial_ = limit_;
        set(limit_ * raise_factor + 1);
    }
}

void AdaptiveLimit::set(double limit) {
    limit_ = std::clamp(static_cast<unsigned>(limit), 1U, ceiling_);
}

}  // namespace slipway::engine
