// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <utility>

namespace slipway::test {

/// Runs a coroutine on a loop that another thread drives, and waits for its answer.
template <class T>
T run_on(boost::asio::io_context& loop, Async<T> work) {
    return boost::asio::co_spawn(loop, std::move(work), boost::asio::use_future).get();
}

}  // namespace slipway::test
