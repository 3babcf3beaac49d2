// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "task/task.h"

#include <boost/asio/basic_waitable_timer.hpp>

namespace slipway {

/// Lets a coroutine sleep until another one of its I/O thread has something for it, or until a
/// time.
///
/// It remembers nothing: who waits looks first whether there is something to do, and looks again
/// afterwards. One waiter; one I/O thread.
class Signal {
  public:
    explicit Signal(const IoExecutor& executor) : timer_(executor) {}

    /// Wakes the waiter, if there is one.
    void raise() { timer_.cancel(); }

    Async<void> wait_until(Instant until) {
        timer_.expires_at(until);
        co_await timer_.async_wait(as_tuple);
    }

    /// Until it is raised.
    Async<void> wait() { return wait_until(Instant::max()); }

  private:
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>,
                                      IoExecutor>
        timer_;
};

}  // namespace slipway
