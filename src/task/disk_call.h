// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/disk_threads.h"
#include "task/task.h"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace slipway {

/// Work on a disk thread that goes on while its coroutine does something else, one at a time; or
/// whatever else ends by itself.
///
/// Belongs to one I/O thread. The work must own what it touches: it may outlive this object when
/// the coroutine ends without waiting.
class DiskCall {
  public:
    explicit DiskCall(DiskThreads& disk) : disk_(disk) {}

    /// Starts `work()`, which returns a Result<>. The one before must have been waited for.
    template <class Work>
    void start(const IoExecutor& executor, Work work) {
        start_task(executor, disk_.run(std::move(work)));
    }

    /// The same for work that is a coroutine already.
    void start_task(const IoExecutor& executor, Task<> work) {
        state_ = std::make_shared<State>();
        auto finished = [state = state_](std::exception_ptr, Result<> outcome) {
            state->outcome = std::move(outcome);
            if (state->resume) {
                std::exchange(state->resume, nullptr)();
            }
        };
        boost::asio::co_spawn(executor, std::move(work), std::move(finished));
    }

    /// Waits for the work started last and answers what it returned; success when there is none.
    Task<> wait() {
        if (state_ == nullptr) {
            co_return Result<>();
        }
        const std::shared_ptr<State> state = std::exchange(state_, nullptr);
        if (!state->outcome) {
            auto remember = [state](auto handler) {
                auto shared = std::make_shared<decltype(handler)>(std::move(handler));
                state->resume = [shared] { std::move (*shared)(); };
            };
            co_await boost::asio::async_initiate<decltype(as_value), void()>(std::move(remember),
                                                                             as_value);
        }
        co_return std::move(*state->outcome);
    }

  private:
    struct State {
        std::optional<Result<>> outcome;
        std::function<void()> resume;
    };

    DiskThreads& disk_;
    std::shared_ptr<State> state_;  // shared with the work under way
};

}  // namespace slipway
