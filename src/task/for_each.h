// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

namespace slipway {

namespace detail {

/// What the children of one for_each share. All of them run on one I/O thread, so nothing is
/// locked.
template <class Work>
struct ForEach {
    ForEach(std::size_t count_all, Work work_each) : count(count_all), work(std::move(work_each)) {}

    std::size_t count;
    Work work;
    std::size_t next = 0;
    std::size_t running = 0;
    std::exception_ptr fault;
    std::function<void()> done;

    static Async<void> child(std::shared_ptr<ForEach> self) {
        while (self->next < self->count && !self->fault) {
            co_await self->work(self->next++);
        }
    }
};

}  // namespace detail

/// Awaits `work(0)`, `work(1)`, ... `work(count - 1)`, at most `limit` of them at a time, and
/// returns when all have ended. `work` is a callable that answers Async<void>; failures are for it
/// to keep.
///
/// Everything runs on the caller's I/O thread. What `work` refers to must outlive the call.
template <class Work>
Async<void> for_each(std::size_t count, std::size_t limit, Work work) {
    using Shared = detail::ForEach<Work>;
    if (count == 0) {
        co_return;
    }
    const IoExecutor executor = co_await this_executor();
    auto shared = std::make_shared<Shared>(count, std::move(work));
    auto start = [shared, executor, limit](auto handler) {
        auto kept = std::make_shared<decltype(handler)>(std::move(handler));
        shared->done = [kept, executor] {
            auto resume = [kept] { std::move (*kept)(); };
            boost::asio::post(executor, std::move(resume));
        };
        shared->running = std::min(std::max<std::size_t>(1, limit), shared->count);
        for (std::size_t i = shared->running; i > 0; --i) {
            auto ended = [shared](std::exception_ptr fault) {
                shared->fault = shared->fault ? shared->fault : fault;
                if (--shared->running == 0) {
                    std::exchange(shared->done, nullptr)();
                }
            };
            boost::asio::co_spawn(executor, Shared::child(shared), std::move(ended));
        }
    };
    co_await boost::asio::async_initiate<decltype(as_value), void()>(std::move(start), as_value);
    if (shared->fault) {
        std::rethrow_exception(shared->fault);
    }
}

}  // namespace slipway
