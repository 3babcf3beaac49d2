// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/task.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace slipway {

/// Calls `start(answer)` and waits until somebody calls answer(), once, on any thread; then the
/// coroutine goes on where it was. Whoever keeps `answer` must call it: the wait cannot be
/// cancelled.
template <class Start>
Async<void> until_answered(Start start) {
    auto initiate = [start = std::move(start)](auto handler) mutable {
        const auto executor = boost::asio::get_associated_executor(handler);
        // std::function wants copyable content.
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        start(std::function<void()>([executor, shared] {
            boost::asio::post(executor, [shared] { std::move (*shared)(); });
        }));
    };
    co_await boost::asio::async_initiate<decltype(as_value), void()>(std::move(initiate), as_value);
}

}  // namespace slipway
