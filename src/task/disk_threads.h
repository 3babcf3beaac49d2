// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/task.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace slipway {

/// Threads for what blocks: file writes, fsync, unlink. An I/O thread hops there and back with
/// `co_await disk.run(work)`.
///
/// Any thread may call. The destructor finishes what was queued, then joins.
class DiskThreads {
  public:
    explicit DiskThreads(unsigned threads);
    virtual ~DiskThreads();
    DiskThreads(const DiskThreads&) = delete;
    DiskThreads& operator=(const DiskThreads&) = delete;

    /// Runs `work()` on a disk thread and answers what it returned, on the caller's I/O thread.
    /// `work` must not throw; what it refers to must outlive the call (the caller awaits, so its
    /// frame does). Cost: two thread hops, 5 to 20 us.
    template <class Work>
    auto run(Work work) -> Async<std::invoke_result_t<Work&>> {
        using Value = std::invoke_result_t<Work&>;
        static_assert(!std::is_void_v<Value>, "return a Result<>: blocking work can fail");
        auto start = [this, work = std::move(work)](auto handler) mutable {
            struct Job {
                Work work;
                decltype(handler) resume;
            };
            // std::function wants copyable content; the job is owned by whoever holds it last.
            auto job = std::make_shared<Job>(Job{std::move(work), std::move(handler)});
            enqueue([job] {
                auto executor = boost::asio::get_associated_executor(job->resume);
                auto answer = [job, value = std::optional<Value>(job->work())]() mutable {
                    std::move(job->resume)(std::move(*value));
                };
                boost::asio::post(executor, std::move(answer));
            });
        };
        co_return co_await boost::asio::async_initiate<decltype(as_value), void(Value)>(
            std::move(start), as_value);
    }

    /// Runs `job()` on a disk thread; nobody waits for it. It owns what it touches.
    void start(std::function<void()> job) { enqueue(std::move(job)); }

  protected:
    /// Has `job()` called soon, once, on some thread. Tests on virtual time replace it, with no
    /// threads.
    virtual void enqueue(std::function<void()> job);

  private:
    void serve();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;
    bool stopping_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace slipway
