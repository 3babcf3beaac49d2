// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/watchdog.h"
#include "task/task.h"

#include <boost/asio/executor_work_guard.hpp>

#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace slipway::net {

/// The I/O threads: each runs one event loop, and what starts on one stays there.
class IoThreads {
  public:
    /// `count` event loops; their threads start with start().
    explicit IoThreads(unsigned count);
    /// Stops and joins.
    ~IoThreads();
    IoThreads(const IoThreads&) = delete;
    IoThreads& operator=(const IoThreads&) = delete;

    void start();
    /// Ends the loops, whatever is under way, and joins the threads. Call once sessions have
    /// drained.
    void stop();

    std::size_t size() const { return loops_.size(); }
    boost::asio::io_context& loop(std::size_t index) { return *loops_[index]; }
    std::vector<IoExecutor> executors() const;
    /// The deadlines of one loop's connections; to be used on its thread only.
    Watchdog& watchdog(std::size_t index) { return *watchdogs_[index]; }
    /// Which loop a coroutine runs on.
    std::size_t index_of(const IoExecutor& executor) const;

  private:
    using WorkGuard = boost::asio::executor_work_guard<IoExecutor>;

    // Declared before the loops: coroutines destroyed with a loop still take leave of its watchdog.
    std::vector<std::unique_ptr<Watchdog>> watchdogs_;
    std::vector<std::unique_ptr<boost::asio::io_context>> loops_;
    std::vector<WorkGuard> guards_;
    std::vector<std::jthread> threads_;
};

}  // namespace slipway::net
