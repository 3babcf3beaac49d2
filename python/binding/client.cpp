// SPDX-License-Identifier: Apache-2.0
#include "client.h"

#include <csignal>
#include <pthread.h>
#include <utility>

namespace slipway::python {
namespace {

// Each waits for one upload or request; more than these wait for a free one.
constexpr std::size_t threads_max = 64;

}  // namespace

Result<std::shared_ptr<Client>> Client::open(const S3Options& options) {
    SLIPWAY_TRY(s3, S3::open(options));
    return std::shared_ptr<Client>(new Client(std::move(s3)));
}

Client::~Client() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    threads_.clear();  // joins
}

void Client::run(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(work));
        if (idle_ < waiting_.size() && threads_.size() < threads_max) {
            start_thread();
        }
    }
    changed_.notify_all();
}

/// Without the process's signals, which are for Python's threads.
void Client::start_thread() {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before);
    threads_.emplace_back([this] { serve(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Client::serve() {
    std::unique_lock lock(mutex_);
    while (true) {
        ++idle_;
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        --idle_;
        if (waiting_.empty()) {
            return;
        }
        auto work = std::move(waiting_.front());
        waiting_.pop_front();
        ++running_;
        lock.unlock();
        work();
        work = nullptr;
        lock.lock();
        --running_;
        changed_.notify_all();
    }
}

bool Client::wait_until_idle(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return waiting_.empty() && running_ == 0; });
}

}  // namespace slipway::python
