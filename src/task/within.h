// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/pause.h"
#include "task/task.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace slipway {

/// What `work` answers, unless it takes longer: then it is cancelled, and the answer is timeout
/// when it has ended.
template <class T>
Task<T> within(std::chrono::milliseconds time_max, Task<T> work) {
    using boost::asio::experimental::awaitable_operators::operator||;
    auto limit = pause_for(time_max);
    auto either = co_await (std::move(work) || std::move(limit));
    if (either.index() == 0) {
        co_return std::get<0>(std::move(either));
    }
    co_return fail(ErrorKind::timeout,
                   "no answer within " + std::to_string(time_max.count()) + " ms");
}

}  // namespace slipway
