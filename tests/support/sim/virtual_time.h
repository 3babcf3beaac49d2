// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/signal.h"
#include "task/task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

namespace slipway::test {

/// A loop with time of its own: when nothing is ready it is the time of the next Signal at once.
/// The same work does the same each time.
class VirtualTime final : public Timeline {
  public:
    Instant now() const override { return now_; }

    void raise_at(Instant time, Signal& signal) override {
        forget(signal);
        const auto alarm = alarms_.emplace(std::pair(time, ++alarms_made_), &signal).first;
        alarm_of_.emplace(&signal, alarm);
    }

    void forget(Signal& signal) override {
        const auto found = alarm_of_.find(&signal);
        if (found != alarm_of_.end()) {
            alarms_.erase(found->second);
            alarm_of_.erase(found);
        }
    }

    /// The machine slept: this much time passed in which nothing could happen.
    void sleep(std::chrono::microseconds time) { now_ += time; }

    IoExecutor executor() { return loop_.get_executor(); }

    Async<void> pause(std::chrono::microseconds time) {
        const Instant until = now_ + time;
        Signal signal(loop_.get_executor(), this);
        co_await signal.wait_until(until);
    }

    /// Runs work to its end. Nothing: it waits for what will never come, or for longer than until
    /// `latest`; it is still in the loop then, so that only the process' end is left.
    template <class T>
    std::optional<T> run(Async<T> work, Instant latest) {
        std::optional<T> answer;
        auto finished = [&answer](const std::exception_ptr& thrown, T value) {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
            answer.emplace(std::move(value));
        };
        boost::asio::co_spawn(loop_, std::move(work), std::move(finished));
        while (true) {
            loop_.restart();
            loop_.poll();
            if (answer || alarms_.empty() || now_ > latest) {
                return answer;
            }
            Signal& signal = *alarms_.begin()->second;
            now_ = std::max(now_, alarms_.begin()->first.first);
            forget(signal);
            signal.raise();
        }
    }

  private:
    using Alarms = std::map<std::pair<Instant, std::uint64_t>, Signal*>;

    Instant now_ = Instant(std::chrono::hours(1));
    Alarms alarms_;
    std::uint64_t alarms_made_ = 0;
    std::unordered_map<Signal*, Alarms::iterator> alarm_of_;
    boost::asio::io_context loop_{1};  // goes first: what still waits in it forgets its alarms
};

/// The wall clock that goes with it.
class SimClock final : public Clock {
  public:
    explicit SimClock(const VirtualTime& time) : time_(time) {}
    Time now() const override {
        return Time(std::chrono::hours(500'000)) +
               std::chrono::duration_cast<std::chrono::microseconds>(
                   time_.now().time_since_epoch());
    }

  private:
    const VirtualTime& time_;
};

}  // namespace slipway::test
