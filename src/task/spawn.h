// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/task.h"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <functional>
#include <utility>

namespace slipway {

/// Starts `work` beside the caller on the I/O thread of `executor`; `finished` is called there at
/// its end, also after an exception. What the work refers to must live until then.
inline void spawn(const IoExecutor& executor,
                  Async<void> work,
                  std::function<void()> finished = {}) {
    auto at_end = [finished = std::move(finished)](std::exception_ptr) {
        if (finished) {
            finished();
        }
    };
    boost::asio::co_spawn(executor, std::move(work), std::move(at_end));
}

}  // namespace slipway
