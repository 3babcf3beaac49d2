// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/task.h"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace slipway {

/// Runs a coroutine to its end on the caller's thread, for threads that may block: never an I/O
/// thread. An exception in it goes through.
template <class T>
T block_on(Async<T> work) {
    // One for the thread's life: who resumed the work on another thread may still be on its way out
    // of waking this loop when the work is over.
    thread_local boost::asio::io_context loop(1);
    loop.restart();
    std::exception_ptr thrown;
    std::optional<T> value;
    auto finished = [&](std::exception_ptr error, T result) {
        thrown = error;
        value.emplace(std::move(result));
    };
    boost::asio::co_spawn(loop, std::move(work), std::move(finished));
    loop.run();
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    return *std::move(value);
}

}  // namespace slipway
