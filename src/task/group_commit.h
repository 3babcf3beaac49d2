// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/limits.h"
#include "task/task.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace slipway {

/// One thread that owns a database's write side and commits many callers' changes at once.
///
/// Callers queue an operation and wait. The thread takes all that is queued (at most
/// limits::group_commit_max), calls `commit(batch)`, which applies every operation in one
/// transaction and sets each one's outcome, and only then wakes the callers: an answer means
/// committed. While one group is being synced the next one gathers, so the group's size follows
/// the load by itself. Any thread may submit. The destructor commits what is queued, then joins.
template <class Operation>
class GroupCommit {
  public:
    using Batch = std::vector<std::unique_ptr<Operation>>;

    /// `commit` runs on the thread of this object and must not throw.
    explicit GroupCommit(std::function<void(Batch&)> commit)
        : commit_(std::move(commit)), thread_([this] { serve(); }) {}

    ~GroupCommit() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        changed_.notify_one();
    }
    GroupCommit(const GroupCommit&) = delete;
    GroupCommit& operator=(const GroupCommit&) = delete;

    /// Gives the operation back once its group is committed, or has failed: its outcome is in it.
    Async<std::unique_ptr<Operation>> submit(std::unique_ptr<Operation> operation) {
        auto start = [this, operation = std::move(operation)](auto handler) mutable {
            const auto executor = boost::asio::get_associated_executor(handler);
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            enqueue(
                Entry{std::move(operation), executor, [shared](std::unique_ptr<Operation> done) {
                          std::move (*shared)(std::move(done));
                      }});
        };
        co_return co_await boost::asio::async_initiate<decltype(as_value),
                                                       void(std::unique_ptr<Operation>)>(
            std::move(start), as_value);
    }

  private:
    struct Entry {
        std::unique_ptr<Operation> operation;
        IoExecutor executor;
        std::function<void(std::unique_ptr<Operation>)> resume;
    };

    void enqueue(Entry entry) {
        bool was_empty = false;
        {
            const std::lock_guard lock(mutex_);
            was_empty = queue_.empty();
            queue_.push_back(std::move(entry));
        }
        if (was_empty) {
            changed_.notify_one();
        }
    }

    void serve() {
        std::vector<Entry> group;
        Batch batch;
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) {
                return;
            }
            take_group(group);
            lock.unlock();
            for (Entry& entry : group) {
                batch.push_back(std::move(entry.operation));
            }
            commit_(batch);
            wake(group, batch);
            group.clear();
            batch.clear();
            lock.lock();
        }
    }

    void take_group(std::vector<Entry>& group) {
        if (queue_.size() <= limits::group_commit_max) {
            group.swap(queue_);
            return;
        }
        const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(limits::group_commit_max);
        group.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
        queue_.erase(queue_.begin(), end);
    }

    static void wake(std::vector<Entry>& group, Batch& batch) {
        for (std::size_t i = 0; i < group.size(); ++i) {
            auto resume = [resume = std::move(group[i].resume),
                           done = std::move(batch[i])]() mutable { resume(std::move(done)); };
            boost::asio::post(group[i].executor, std::move(resume));
        }
    }

    std::function<void(Batch&)> commit_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Entry> queue_;
    bool stopping_ = false;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace slipway
