// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unistd.h>
#include <utility>

namespace slipway::python {

/// A share of something with threads, for one process.
///
/// A child that was forked has the memory and none of the threads: what would stop and join them
/// must never run there. So the child's share is deliberately left behind.
template <class T>
class OfProcess {
  public:
    explicit OfProcess(std::shared_ptr<T> value) : value_(std::move(value)), pid_(::getpid()) {}
    ~OfProcess() {
        if (pid_ != ::getpid()) {
            leave(std::move(value_));
        }
    }
    OfProcess(OfProcess&&) noexcept = default;
    OfProcess(const OfProcess&) = delete;
    OfProcess& operator=(const OfProcess&) = delete;

    T& operator*() const { return *value_; }
    T* operator->() const { return value_.get(); }
    const std::shared_ptr<T>& share() const { return value_; }
    bool here() const { return pid_ == ::getpid(); }

    /// Keeps it for as long as the process lives.
    static void leave(std::shared_ptr<T> value) {
        static_cast<void>(new std::shared_ptr<T>(std::move(value)));
    }

  private:
    std::shared_ptr<T> value_;
    pid_t pid_;
};

}  // namespace slipway::python
