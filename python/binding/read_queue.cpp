// SPDX-License-Identifier: Apache-2.0
#include "read_queue.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace slipway::python {

Result<std::size_t> ReadQueue::ask(std::size_t item,
                                   std::optional<std::uint64_t> offset,
                                   std::span<char> into) {
    Waiting waiting{into, {}};
    std::unique_lock lock(mutex_);
    if (closed_) {
        return fail(ErrorKind::cancelled, "cancelled");
    }
    const std::uint64_t id = ++last_id_;
    waiting_.emplace(id, &waiting);
    asked_for_.push_back({id, item, offset, into.size()});
    lock.unlock();
    asked_();
    lock.lock();
    answered_.wait(lock, [&] { return closed_ || waiting.answer; });
    waiting_.erase(id);
    if (!waiting.answer) {
        return fail(ErrorKind::cancelled, "cancelled");
    }
    return *std::move(waiting.answer);
}

std::vector<Read> ReadQueue::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(asked_for_, {});
}

void ReadQueue::answer(std::uint64_t id, std::string_view bytes) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = waiting_.find(id);
        if (found == waiting_.end()) {
            return;
        }
        Waiting& waiting = *found->second;
        const std::size_t count = std::min(bytes.size(), waiting.into.size());
        if (count > 0) {
            std::memcpy(waiting.into.data(), bytes.data(), count);
        }
        waiting.answer = count;
    }
    answered_.notify_all();
}

void ReadQueue::refuse(std::uint64_t id, Error error) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = waiting_.find(id);
        if (found == waiting_.end()) {
            return;
        }
        found->second->answer = fail(std::move(error));
    }
    answered_.notify_all();
}

void ReadQueue::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        asked_for_.clear();
    }
    answered_.notify_all();
}

}  // namespace slipway::python
