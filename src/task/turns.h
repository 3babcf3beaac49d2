// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/until_answered.h"

#include <boost/asio/post.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <utility>

namespace slipway {

/// Lets coroutines of one I/O thread begin something long one after the other: before each the
/// thread looks at what has come meanwhile. Of that thread; shared, since its loop knows it too.
class Turns : public std::enable_shared_from_this<Turns> {
  public:
    /// Returns when it is the caller's turn, which lasts until the caller waits for something.
    Async<void> wait() {
        const IoExecutor executor = co_await this_executor();
        auto start = [this, executor](std::function<void()> answer) {
            waiting_.push_back(std::move(answer));
            if (!std::exchange(going_, true)) {
                next(executor);
            }
        };
        co_await until_answered(std::move(start));
    }

  private:
    void next(const IoExecutor& executor) {
        going_ = !waiting_.empty();
        if (!going_) {
            return;
        }
        waiting_.front()();  // it comes behind what has come already
        waiting_.pop_front();
        boost::asio::post(executor,
                          [self = shared_from_this(), executor] { self->next(executor); });
    }

    std::deque<std::function<void()>> waiting_;
    bool going_ = false;
};

}  // namespace slipway
