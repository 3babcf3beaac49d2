// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/limits.h"
#include "base/thread.h"
#include "task/task.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace slipway {

/// Owns the write side of a database and commits many callers' changes at once.
///
/// Callers queue an operation and wait. What is queued (at most limits::group_commit_max) is
/// committed in one transaction, and only then are its callers resumed: an answer means committed.
/// While one group is being committed the next one gathers, so a group's size follows the load by
/// itself. Any I/O thread may submit. Two ways, by what a commit waits for:
///
/// - submit(): for the disk. Committed on a thread of this object.
/// - submit_unsynced(): for nothing, as it is good once the operating system has it. Committed on
///   the caller's own I/O thread, as soon as a round of events brings no more: handing it to
///   another thread and back costs more than the commit. While the other way is under way it goes
///   that way, so that no I/O thread waits for a disk.
///
/// The destructor commits what is queued, then joins. The callers' loops must not run after it
/// while an unsynced operation waits.
template <class Operation>
class GroupCommit {
  public:
    using OperationPtr = std::unique_ptr<Operation>;
    using Batch = std::vector<OperationPtr>;

    /// What the database's owner does. Nothing of it may throw; never two of it at once.
    struct Work {
        /// Applies every operation in one transaction and sets each one's outcome.
        std::function<void(Batch&)> commit;
        /// Optional: whether something that waits for the disk has to be done first ...
        std::function<bool()> behind;
        /// ... and what; on the thread of this object, after its group.
        std::function<void()> catch_up;
    };

    explicit GroupCommit(Work work)
        : work_(std::move(work)), thread_(start_thread([this] { serve(); })) {}

    ~GroupCommit() {
        {
            const std::lock_guard lock(mutex_);
            for (Lane& lane : lanes_) {
                std::ranges::move(lane.waiting, std::back_inserter(queue_));
            }
            stopping_ = true;
        }
        changed_.notify_one();
    }
    GroupCommit(const GroupCommit&) = delete;
    GroupCommit& operator=(const GroupCommit&) = delete;

    /// Gives the operation back once its group is committed, or has failed: its outcome is in it.
    Async<OperationPtr> submit(OperationPtr operation) {
        auto start = [this, operation = std::move(operation)](auto handler) mutable {
            enqueue(Entry(std::move(operation), std::move(handler)));
        };
        co_return co_await boost::asio::async_initiate<decltype(as_value), void(OperationPtr)>(
            std::move(start), as_value);
    }

    /// The same for an operation whose commit need not survive the machine.
    Async<OperationPtr> submit_unsynced(OperationPtr operation) {
        auto start = [this, operation = std::move(operation)](auto handler) mutable {
            enqueue_unsynced(Entry(std::move(operation), std::move(handler)));
        };
        co_return co_await boost::asio::async_initiate<decltype(as_value), void(OperationPtr)>(
            std::move(start), as_value);
    }

  private:
    /// A coroutine that waits for its operation.
    struct Waiter {
        virtual ~Waiter() = default;
        virtual void resume(OperationPtr done) = 0;
    };

    template <class Handler>
    struct WaiterOf final : Waiter {
        explicit WaiterOf(Handler h) : handler(std::move(h)) {}
        void resume(OperationPtr done) override { std::move(handler)(std::move(done)); }
        Handler handler;
    };

    struct Entry {
        template <class Handler>
        Entry(OperationPtr queued, Handler handler)
            : operation(std::move(queued)),
              executor(boost::asio::get_associated_executor(handler)),
              waiter(std::make_unique<WaiterOf<Handler>>(std::move(handler))) {}

        OperationPtr operation;
        IoExecutor executor;
        std::unique_ptr<Waiter> waiter;
    };
    using Group = std::vector<Entry>;

    /// What waits to be committed on one I/O thread.
    struct Lane {
        IoExecutor executor;
        Group waiting;
        std::size_t seen = 0;
        unsigned rounds = 0;

        /// Whether the last round of events brought more, so that the next one is worth its while:
        /// with nothing to do elsewhere it costs a look at the sockets.
        bool grows() {
            return waiting.size() > std::exchange(seen, waiting.size()) &&
                   waiting.size() < limits::group_commit_max &&
                   ++rounds < limits::group_gather_rounds_max;
        }
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

    void enqueue_unsynced(Entry entry) {
        const IoExecutor executor = entry.executor;
        bool was_empty = false;
        {
            const std::lock_guard lock(mutex_);
            Group& waiting = lane_of(executor).waiting;
            was_empty = waiting.empty();
            waiting.push_back(std::move(entry));
        }
        if (was_empty) {
            boost::asio::post(executor, [this, executor] { commit_lane(executor); });
        }
    }

    Lane& lane_of(const IoExecutor& executor) {
        const auto same = [&executor](const Lane& lane) { return lane.executor == executor; };
        const auto found = std::ranges::find_if(lanes_, same);
        return found != lanes_.end() ? *found : lanes_.emplace_back(Lane{executor, {}, 0, 0});
    }

    /// Its loop may be gone tomorrow.
    void forget(Lane& lane) {
        std::swap(lane, lanes_.back());
        lanes_.pop_back();
    }

    void commit_lane(const IoExecutor& executor) {
        Group group;
        bool more = false;
        std::unique_lock lock(mutex_);
        Lane& lane = lane_of(executor);
        if (lane.grows()) {
            lock.unlock();
            boost::asio::post(executor, [this, executor] { commit_lane(executor); });
            return;
        }
        if (thread_commits_ || behind_) {
            std::ranges::move(lane.waiting, std::back_inserter(queue_));
            forget(lane);
            lock.unlock();
            changed_.notify_one();
            return;
        }
        take_group(lane.waiting, group);
        more = !lane.waiting.empty();
        if (!more) {
            forget(lane);
        }
        {
            // Taken while mutex_ is held: the thread cannot come in between with a commit that
            // waits for the disk. Only other I/O threads hold it now, for microseconds.
            const std::unique_lock writing(writer_);
            lock.unlock();
            commit(group);
            behind_ = work_.behind && work_.behind();
        }
        if (more) {
            boost::asio::post(executor, [this, executor] { commit_lane(executor); });
        }
        resume(group);
    }

    void serve() {
        Group group;
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) {
                return;
            }
            take_group(queue_, group);
            thread_commits_ = true;
            lock.unlock();
            {
                const std::lock_guard writing(writer_);
                commit(group);
                if (work_.behind && work_.behind()) {
                    work_.catch_up();
                    behind_ = work_.behind();
                }
            }
            wake(group);
            group.clear();
            lock.lock();
            thread_commits_ = false;
        }
    }

    static void take_group(Group& from, Group& group) {
        if (from.size() <= limits::group_commit_max) {
            group.swap(from);
            return;
        }
        const auto end = from.begin() + static_cast<std::ptrdiff_t>(limits::group_commit_max);
        group.assign(std::make_move_iterator(from.begin()), std::make_move_iterator(end));
        from.erase(from.begin(), end);
    }

    void commit(Group& group) {
        batch_.clear();
        for (Entry& entry : group) {
            batch_.push_back(std::move(entry.operation));
        }
        work_.commit(batch_);
        for (std::size_t i = 0; i < group.size(); ++i) {
            group[i].operation = std::move(batch_[i]);
        }
    }

    static void resume(Group& group) {
        for (Entry& entry : group) {
            entry.waiter->resume(std::move(entry.operation));
        }
    }

    /// One message to each I/O thread, whatever the number of its callers.
    static void wake(Group& group) {
        while (!group.empty()) {
            const IoExecutor executor = group.front().executor;
            Group own;
            Group others;
            for (Entry& entry : group) {
                (entry.executor == executor ? own : others).push_back(std::move(entry));
            }
            group.swap(others);
            boost::asio::post(executor, [own = std::move(own)]() mutable { resume(own); });
        }
    }

    const Work work_;
    std::mutex mutex_;  // guards what follows, up to writer_; taken before writer_
    std::condition_variable changed_;
    Group queue_;
    std::vector<Lane> lanes_;
    bool thread_commits_ = false;
    bool stopping_ = false;

    std::mutex writer_;  // held while work_ is called; guards batch_
    std::atomic<bool> behind_{false};
    Batch batch_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace slipway
