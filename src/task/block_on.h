// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/task.h"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace slipway {

/// A loop for one block_on() at a time. It goes back to a store and is never destroyed before the
/// process ends: who resumed the work on another thread may still be on its way out of waking this
/// loop when the work is over.
class BlockingLoop {
  public:
    BlockingLoop();
    ~BlockingLoop();
    BlockingLoop(const BlockingLoop&) = delete;
    BlockingLoop& operator=(const BlockingLoop&) = delete;
    boost::asio::io_context& operator*() { return *loop_; }

  private:
    std::unique_ptr<boost::asio::io_context> loop_;
};

/// Runs a coroutine to its end on the caller's thread, for threads that may block: never an I/O
/// thread. An exception in it goes through.
template <class T>
T block_on(Async<T> work) {
    BlockingLoop loop;
    std::exception_ptr thrown;
    std::optional<T> value;
    auto finished = [&](std::exception_ptr error, T result) {
        thrown = error;
        value.emplace(std::move(result));
    };
    boost::asio::co_spawn(*loop, std::move(work), std::move(finished));
    (*loop).run();
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    return *std::move(value);
}

}  // namespace slipway
