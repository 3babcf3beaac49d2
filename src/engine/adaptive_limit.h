// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/limits.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace slipway::engine {

/// How many requests may be under way at once; finds it by itself.
///
/// A request under way is either being sent, which uses the network and our processor, or waits
/// for its answer, which uses nothing of ours. So there are two reasons for more, and two for less:
///
/// - Idle: everything under way has been sent, the limit keeps us from sending more, and no answer
///   has come for limits::engine_idle_growth_time. The limit doubles, at most once in that time,
///   until the store first pushes back; later it grows by one. If the epoch then does not bring at
///   least 5 % more bytes than the one before, the store had only stopped for a moment, and the
///   limit goes back. A store that has answered sooner than in that time is not slow but stands
///   still, or has a queue: there it is the throughput alone that tells. This is slow start
///   (Jacobson, "Congestion Avoidance and Control", 1988) clocked by idleness instead of answers:
///   200 files that a store answers after 300 ms are all under way after some 40 ms.
/// - Throughput: in an epoch (two answer times, at least limits::engine_epoch_time_min) in which
///   the limit was reached, it is raised by a quarter. If the next epoch brings at least 5 % more
///   bytes it stays and is raised again, else it goes back and rests for some epochs. This is hill
///   climbing, as in Yildirim et al., "Application-Level Optimization of Big Data Transfers
///   through Pipelining, Parallelism and Concurrency" (2016). It is not tried while our own thread
///   is busy: more connections would only share it.
/// - Enough: what a raise failed to bring, a cut by a fifth is tried for next, never below
///   limits::engine_requests_first. It stays and is repeated while the bytes stay within 5 %, else
///   it goes back. Without it, each time that noise was taken for success would add connections
///   that nobody needs, and nothing would ever take them away.
/// - Pushed back (503 SlowDown, 429, lost connections): times 0.7, at most once an epoch, and only
///   when more than a tenth of the epoch's answers say so: a store that refuses a few at random
///   is not helped by our leaving.
/// - Latency: answers take twice as long as the shortest epoch's without more throughput: times
///   0.9 (the idea of TCP Vegas, Brakmo and Peterson, 1995: a queue of ours grows at the store).
///
/// A value without clock: time comes in. One thread.
class AdaptiveLimit {
  public:
    /// Processor time that the sending thread has used so far.
    using BusyTime = std::function<std::chrono::microseconds()>;

    /// `ceiling` is what the user allows. Without `busy_time` the thread counts as never busy.
    explicit AdaptiveLimit(unsigned ceiling, BusyTime busy_time = {});

    unsigned limit() const { return limit_; }
    bool at_ceiling() const { return limit_ == ceiling_; }

    /// Something could be sent, but `under_way` requests are all that the limit allows.
    /// `unsent` of them have not been sent whole.
    void reached(Instant now, unsigned under_way, unsigned unsent);

    /// A request succeeded: it moved `bytes`, and its answer came `latency` after its last byte.
    void succeeded(Instant now, std::uint64_t bytes, std::chrono::microseconds latency);

    /// The store asked for less, or a connection was lost.
    void pushed_back(Instant now);

  private:
    void end_epoch_if_over(Instant now);
    void begin_epoch(Instant now);
    void judge_epoch(std::chrono::microseconds length);
    void begin_trial(bool busy);
    void set(double limit);

    const unsigned ceiling_;
    const BusyTime busy_time_;
    unsigned limit_;
    bool slow_start_ = true;
    std::optional<Instant> idle_since_;

    struct Epoch {
        Instant begin{};
        std::uint64_t bytes = 0;
        unsigned answers = 0;
        unsigned pushed_back = 0;
        std::chrono::microseconds latencies{0};
        std::chrono::microseconds busy_before{0};
        bool limit_reached = false;
    };
    Epoch epoch_;
    std::chrono::microseconds latency_{0};         // of the last epoch
    std::chrono::microseconds latency_lowest_{0};  // of all epochs; 0: none yet
    double rate_ = 0;                              // bytes/us of the epoch before
    unsigned before_trial_ = 0;                    // the limit to go back to; 0: nothing is tried
    bool try_fewer_ = false;                       // next, not more
    unsigned rest_epochs_ = 0;
};

}  // namespace slipway::engine
