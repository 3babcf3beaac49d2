// SPDX-License-Identifier: Apache-2.0
#include "task/pause.h"

#include "task/signal.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/steady_timer.hpp>

namespace slipway {

Async<void> pause_for(std::chrono::milliseconds time) {
    using Timer = boost::asio::basic_waitable_timer<
        std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;
    Timer timer(co_await this_executor(), time);
    co_await timer.async_wait(as_tuple);
}

Async<void> pause_on(Timeline* timeline, std::chrono::milliseconds time) {
    Signal signal(co_await this_executor(), timeline);
    co_await signal.wait_until(now_on(timeline) + time);
}

}  // namespace slipway
