// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "task/task.h"
#include "task/timeline.h"

#include <boost/asio/basic_waitable_timer.hpp>

namespace slipway {

/// Lets a coroutine sleep until another one of its I/O thread has something for it, or until a
/// time.
///
/// It remembers nothing: who waits looks first whether there is something to do, and looks again
/// afterwards. One waiter; one I/O thread.
class Signal {
  public:
    explicit Signal(const IoExecutor& executor, Timeline* timeline = nullptr)
        : timer_(executor), timeline_(timeline) {}
    ~Signal() { forget(); }
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;

    /// Wakes the waiter, if there is one.
    void raise() { timer_.cancel(); }

    Async<void> wait_until(Instant until) {
        timer_.expires_at(timeline_ == nullptr ? until : Instant::max());
        if (timeline_ != nullptr && until != Instant::max()) {
            timeline_->raise_at(until, *this);
        }
        co_await timer_.async_wait(as_tuple);
        forget();
    }

    /// Until it is raised.
    Async<void> wait() { return wait_until(Instant::max()); }

  private:
    void forget() {
        if (timeline_ != nullptr) {
            timeline_->forget(*this);
        }
    }

    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>,
                                      IoExecutor>
        timer_;
    Timeline* const timeline_;
};

}  // namespace slipway
