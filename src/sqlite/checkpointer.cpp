// SPDX-License-Identifier: Apache-2.0
#include "sqlite/checkpointer.h"

#include "base/thread.h"

#include <utility>

namespace slipway::sqlite {
namespace {

/// It copies pages past the cache.
constexpr unsigned cache_kib = 64;

int remember_log_pages(void* log_pages, sqlite3*, const char*, int pages) {
    *static_cast<int*>(log_pages) = pages;
    return 0;
}

}  // namespace

Checkpointer::Checkpointer(Database& writer, DatabaseOptions options, CheckpointLimits limits)
    : writer_(writer), limits_(limits) {
    writer_.on_commit(&remember_log_pages, &log_pages_);
    options.cache_kib = cache_kib;
    thread_ = start_thread([this, options = std::move(options)] { serve(options); });
}

Checkpointer::~Checkpointer() {
    writer_.on_commit(nullptr, nullptr);
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
}

void Checkpointer::after_commit() {
    if (log_pages_ <= limits_.log_pages_soft_max) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(asked_, true)) {
            return;
        }
    }
    changed_.notify_one();
}

void Checkpointer::catch_up() {
    // The thread may be at it, and be kept from the processor by whoever commits on and on.
    const std::lock_guard alone(moving_);
    static_cast<void>(writer_.checkpoint());
    log_pages_ = 0;  // what could not be moved shows with the next commit
}

void Checkpointer::empty_log() {
    const std::lock_guard alone(moving_);
    static_cast<void>(writer_.empty_log());
    log_pages_ = 0;
}

void Checkpointer::serve(const DatabaseOptions& options) {
    auto database = Database::open(options);
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return stopping_ || asked_; });
        if (stopping_) {
            return;
        }
        asked_ = false;
        lock.unlock();
        if (database) {
            const std::lock_guard alone(moving_);
            static_cast<void>(database->checkpoint());
        }
        lock.lock();
    }
}

}  // namespace slipway::sqlite
