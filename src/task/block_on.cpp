// SPDX-License-Identifier: Apache-2.0
#include "task/block_on.h"

#include <mutex>
#include <vector>

namespace slipway {
namespace {

/// Loops that nobody uses right now: as many as there were block_on() at the same time.
struct IdleLoops {
    std::mutex mutex;
    std::vector<std::unique_ptr<boost::asio::io_context>> loops;
};

IdleLoops& idle_loops() {
    static IdleLoops idle;
    return idle;
}

}  // namespace

BlockingLoop::BlockingLoop() {
    IdleLoops& idle = idle_loops();
    const std::lock_guard lock(idle.mutex);
    if (idle.loops.empty()) {
        loop_ = std::make_unique<boost::asio::io_context>(1);
        return;
    }
    loop_ = std::move(idle.loops.back());
    idle.loops.pop_back();
    loop_->restart();
}

BlockingLoop::~BlockingLoop() {
    IdleLoops& idle = idle_loops();
    const std::lock_guard lock(idle.mutex);
    idle.loops.push_back(std::move(loop_));
}

}  // namespace slipway
