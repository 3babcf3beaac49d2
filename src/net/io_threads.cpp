// SPDX-License-Identifier: Apache-2.0
#include "net/io_threads.h"

#include "base/assert.h"
#include "base/thread.h"

#include <algorithm>

namespace slipway::net {

IoThreads::IoThreads(unsigned count) {
    for (unsigned i = 0; i < std::max(1U, count); ++i) {
        // 1: exactly one thread runs the loop, which lets Asio leave out its locks' slow paths.
        loops_.push_back(std::make_unique<boost::asio::io_context>(1));
        watchdogs_.push_back(std::make_unique<Watchdog>(*loops_.back()));
        guards_.push_back(boost::asio::make_work_guard(*loops_.back()));
    }
}

IoThreads::~IoThreads() {
    stop();
}

void IoThreads::start() {
    SLIPWAY_ASSERT(threads_.empty());
    for (auto& loop : loops_) {
        threads_.push_back(start_thread([&loop] { loop->run(); }));
    }
}

void IoThreads::stop() {
    guards_.clear();
    for (auto& loop : loops_) {
        loop->stop();
    }
    threads_.clear();
}

std::vector<IoExecutor> IoThreads::executors() const {
    std::vector<IoExecutor> all;
    for (const auto& loop : loops_) {
        all.push_back(loop->get_executor());
    }
    return all;
}

std::size_t IoThreads::index_of(const IoExecutor& executor) const {
    const auto found = std::find_if(loops_.begin(), loops_.end(), [&executor](const auto& loop) {
        return loop.get() == &executor.context();
    });
    SLIPWAY_ASSERT(found != loops_.end());
    return static_cast<std::size_t>(found - loops_.begin());
}

}  // namespace slipway::net
