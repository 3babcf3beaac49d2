// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/task.h"

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace slipway {

/// Coroutines that wait until somebody has done something, each woken on its own I/O thread.
///
///     const auto ticket = waiters.ticket();   // then look whether it is done, and if not
///     co_await waiters.wait(ticket);          // returns at the first wake_all() after ticket()
///
/// Any thread. A wait cannot be cancelled: whoever promises to wake keeps it.
class Waiters {
  public:
    std::uint64_t ticket() const;
    Async<void> wait(std::uint64_t ticket);
    void wake_all();

  private:
    mutable std::mutex mutex_;
    std::uint64_t woken_ = 0;
    std::vector<std::pair<IoExecutor, std::function<void()>>> waiting_;
};

}  // namespace slipway
