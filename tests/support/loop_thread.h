// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/task.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <thread>

namespace slipway::test {

/// An event loop with its thread.
class LoopThread {
  public:
    ~LoopThread() {
        guard_.reset();
        context.stop();
    }
    boost::asio::io_context context{1};
    std::thread::id id() const { return thread_.get_id(); }

  private:
    boost::asio::executor_work_guard<IoExecutor> guard_ = boost::asio::make_work_guard(context);
    std::jthread thread_{[this] { context.run(); }};
};

}  // namespace slipway::test
