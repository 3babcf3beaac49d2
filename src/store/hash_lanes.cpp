// SPDX-License-Identifier: Apache-2.0
#include "store/hash_lanes.h"

#include "base/limits.h"
#include "task/until_answered.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace slipway::store {

/// What waits to be hashed, and the threads that do it.
class HashLanes::Work {
  public:
    explicit Work(std::size_t lanes) : lanes_(lanes) {}

    /// Whether it takes one more thread in serve().
    bool add(Piece piece) {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(piece));
        if (++pieces_ <= threads_ * lanes_) {
            return false;
        }
        ++threads_;
        return true;
    }

    /// Hashes until nothing waits.
    void serve() {
        std::vector<Piece> active;
        while (take_more(active)) {
            advance(active);
            answer_finished(active);
        }
    }

  private:
    static std::size_t left(const Piece& piece) { return piece.bytes->size() - piece.done; }

    bool take_more(std::vector<Piece>& active) {
        const std::lock_guard lock(mutex_);
        while (active.size() < lanes_ && !waiting_.empty()) {
            active.push_back(std::move(waiting_.front()));
            waiting_.pop_front();
        }
        if (active.empty()) {
            --threads_;
        }
        return !active.empty();
    }

    /// A step of all of them: short, so that those who come meanwhile need not wait long.
    static void advance(std::vector<Piece>& active) {
        std::vector<codec::Md5Piece> step;
        step.reserve(active.size());
        for (Piece& piece : active) {
            const std::size_t bytes = std::min(left(piece), limits::hash_step_bytes);
            step.push_back({piece.hash.get(), piece.bytes->bytes().subspan(piece.done, bytes)});
            piece.done += bytes;
        }
        codec::md5_update_together(step);
    }

    void answer_finished(std::vector<Piece>& active) {
        const auto unfinished = [](const Piece& piece) { return left(piece) > 0; };
        const auto finished = std::partition(active.begin(), active.end(), unfinished);
        {
            // Before the answers, so that the next pieces of the same bodies find room.
            const std::lock_guard lock(mutex_);
            pieces_ -= static_cast<std::size_t>(active.end() - finished);
        }
        for (auto piece = finished; piece != active.end(); ++piece) {
            // The chunk for who waits for memory, the hash so that its coroutine holds it last.
            piece->bytes = nullptr;
            piece->hash = nullptr;
            piece->answer();
        }
        active.erase(finished, active.end());
    }

    const std::size_t lanes_;
    std::mutex mutex_;  // guards all of the below
    std::deque<Piece> waiting_;
    std::size_t pieces_ = 0;  // those that threads work on too
    std::size_t threads_ = 0;
};

HashLanes::HashLanes(DiskThreads& disk, std::size_t lanes)
    : disk_(disk), work_(std::make_shared<Work>(lanes)) {
}

Task<> HashLanes::update(std::shared_ptr<codec::Md5> hash, std::shared_ptr<const Chunk> bytes) {
    auto start = [this, hash = std::move(hash),
                  bytes = std::move(bytes)](std::function<void()> answer) mutable {
        add(Piece{std::move(hash), std::move(bytes), std::move(answer)});
    };
    co_await until_answered(std::move(start));
    co_return Result<>();
}

void HashLanes::add(Piece piece) {
    if (work_->add(std::move(piece))) {
        disk_.start([work = work_] { work->serve(); });
    }
}

}  // namespace slipway::store
