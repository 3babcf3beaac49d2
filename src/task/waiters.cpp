// SPDX-License-Identifier: Apache-2.0
#include "task/waiters.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>

#include <memory>

namespace slipway {

std::uint64_t Waiters::ticket() const {
    const std::lock_guard lock(mutex_);
    return woken_;
}

Async<void> Waiters::wait(std::uint64_t ticket) {
    auto start = [this, ticket](auto handler) {
        const auto executor = boost::asio::get_associated_executor(handler);
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        auto resume = [shared] { std::move (*shared)(); };
        std::unique_lock lock(mutex_);
        if (woken_ == ticket) {
            waiting_.emplace_back(executor, std::move(resume));
            return;
        }
        lock.unlock();
        boost::asio::post(executor, std::move(resume));
    };
    co_await boost::asio::async_initiate<decltype(as_value), void()>(std::move(start), as_value);
}

void Waiters::wake_all() {
    std::unique_lock lock(mutex_);
    ++woken_;
    const auto waiting = std::exchange(waiting_, {});
    lock.unlock();
    for (const auto& [executor, resume] : waiting) {
        boost::asio::post(executor, resume);
    }
}

}  // namespace slipway
