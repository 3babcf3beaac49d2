// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/run_on.h"
#include "task/task.h"
#include "task/turns.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace slipway {

/// I/O threads that share large pieces of work: who has least to do takes the next, so that a
/// single caller uses several processors for copying, checksums, system calls and encryption. Each
/// takes its own one after the other (Turns).
///
/// Any of its threads; outlives the work.
class Spread {
  public:
    explicit Spread(std::vector<IoExecutor> threads)
        : threads_(std::move(threads)), loads_(threads_.size()) {
        for (std::size_t i = 0; i < threads_.size(); ++i) {
            turns_.push_back(std::make_shared<Turns>());
        }
    }

    /// Runs `work`, which counts as `size` until its end: on the caller's thread, which has
    /// decisions to take as well, if all others have more to do. What the work has to bear
    /// elsewhere, and what that costs, run_on() says.
    template <class T>
    Task<T> run(std::uint64_t size, Task<T> work) {
        const IoExecutor here = co_await this_executor();
        const std::size_t chosen = least_loaded(here);
        const Load load(loads_[chosen], size);
        auto in_turn = begin_in_turn(*turns_[chosen], std::move(work));
        if (threads_[chosen] == here) {
            co_return co_await std::move(in_turn);
        }
        co_return co_await run_on(threads_[chosen], std::move(in_turn));
    }

  private:
    /// Not at once on the caller's own thread either: first it gives the others what they have to
    /// do. And not several in a row: what answers have come is worth more than a further request.
    template <class T>
    static Task<T> begin_in_turn(Turns& turns, Task<T> work) {
        co_await turns.wait();
        co_return co_await std::move(work);
    }

    using Sum = std::atomic<std::uint64_t>;

    class Load {
      public:
        Load(Sum& sum, std::uint64_t size) : sum_(sum), size_(size) { sum_ += size_; }
        ~Load() { sum_ -= size_; }
        Load(const Load&) = delete;
        Load& operator=(const Load&) = delete;

      private:
        Sum& sum_;
        const std::uint64_t size_;
    };

    std::size_t least_loaded(const IoExecutor& here) const {
        std::size_t least = 0;
        std::uint64_t its_load = loads_[0];
        for (std::size_t i = 1; i < threads_.size(); ++i) {
            const std::uint64_t load = loads_[i];
            if (load < its_load || (load == its_load && threads_[least] == here)) {
                least = i;
                its_load = load;
            }
        }
        return least;
    }

    const std::vector<IoExecutor> threads_;
    std::vector<Sum> loads_;
    std::vector<std::shared_ptr<Turns>> turns_;
};

}  // namespace slipway
