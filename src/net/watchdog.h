// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "task/task.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <optional>

namespace slipway::net {

using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>,
                                                IoExecutor>;

/// Something with a deadline. It leaves its watchdog when destroyed.
class Watched {
  public:
    Watched() = default;
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    virtual ~Watched();

    void set_deadline(Instant deadline) { deadline_ = deadline; }
    void clear_deadline() { deadline_ = Instant::max(); }

  protected:
    /// Called once, on the loop's thread, when the deadline has passed. Must not destroy itself.
    virtual void overdue() = 0;

  private:
    friend class Watchdog;
    class Watchdog* watchdog_ = nullptr;
    Watched* previous_ = nullptr;
    Watched* next_ = nullptr;
    Instant deadline_ = Instant::max();
};

/// The deadlines of one event loop's connections.
///
/// A timer per connection would be set and cancelled with every read. A limit of seconds needs no
/// such precision: one look at all connections four times a second costs a few microseconds for a
/// thousand of them. Used on its loop's thread only.
class Watchdog {
  public:
    explicit Watchdog(boost::asio::io_context& loop) : loop_(loop) {}
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    void add(Watched& watched);
    void remove(Watched& watched);

  private:
    void look_later();
    void look();

    boost::asio::io_context& loop_;
    // Made with the first connection and gone with the last: an idle server does not wake up, and
    // no timer outlives its loop.
    std::optional<Timer> timer_;
    Watched* first_ = nullptr;
};

}  // namespace slipway::net
