// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/s3.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace slipway::python {

/// An S3 and threads that wait for what it does, so that no thread of Python's has to.
///
/// Any thread. Its threads never touch a Python object.
class Client {
  public:
    static Result<std::shared_ptr<Client>> open(const S3Options& options);
    /// Waits for what runs.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    S3& s3() { return *s3_; }
    /// Runs `work`, which does not throw, on a thread of its own as soon as one is free.
    void run(std::function<void()> work);
    /// Whether nothing runs any more, after waiting for that as long as said.
    bool wait_until_idle(std::chrono::milliseconds time);

  private:
    explicit Client(std::unique_ptr<S3> s3) : s3_(std::move(s3)) {}
    void start_thread();
    void serve();

    const std::unique_ptr<S3> s3_;
    std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    std::deque<std::function<void()>> waiting_;
    std::size_t idle_ = 0;
    std::size_t running_ = 0;
    bool stopping_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace slipway::python
