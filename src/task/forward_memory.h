// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "task/chunk_pool.h"
#include "task/task.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace slipway {

class PartMemory;

/// The memory that files on their way to another store are held in, all of them together: a store
/// wants to know a part's size before its first byte, so a part is held from then until it is
/// stored. Any thread.
///
/// The rule:
/// 1. A file's first bytes are collected beside the budget (begin()); many files end there, and the
///    others show how fast they arrive.
/// 2. For what follows, a part's memory is reserved as a whole before it is read. So nobody who
///    holds a half part waits for memory, and whoever waits holds only parts on their way to the
///    store, which need no more: nothing can lock up.
/// 3. Slow senders hold their part for long: together they get at most half of the budget. A sender
///    that began fast and has not brought its part within limits::forward_fast_time counts as slow
///    from then on.
/// 4. Fast and slow ones wait in a line each, in order of asking. Where nobody of a line holds
///    anything, its first one gets its part out of the spare memory: neither kind keeps the other
///    from going on.
class ForwardMemory {
  public:
    enum class Pace { fast, slow };

    struct Options {
        std::size_t bytes = limits::forward_bytes;
        std::size_t spare_bytes = limits::forward_spare_bytes;
        std::size_t first_bytes = limits::forward_first_bytes;
        /// Tests replace it.
        std::function<Instant()> now = [] { return std::chrono::steady_clock::now(); };
    };

    ForwardMemory() : ForwardMemory(Options()) {}
    explicit ForwardMemory(Options options);
    ~ForwardMemory();
    ForwardMemory(const ForwardMemory&) = delete;
    ForwardMemory& operator=(const ForwardMemory&) = delete;

    /// Memory for a file's first bytes; capacity 0 when there is none: reserve() then.
    Chunk begin(std::size_t capacity);

    /// Waits for the memory of a part. Errors: cancelled (close() was called).
    Task<PartMemory> reserve(std::size_t bytes, Pace pace);

    /// Ends all waiting: the program stops.
    void close();

    /// Reserved or held in all, by slow ones thereof, and of first bytes.
    struct Use {
        std::size_t bytes = 0;
        std::size_t slow_bytes = 0;
        std::size_t first_bytes = 0;
    };
    Use use() const;

  private:
    friend class PartMemory;
    class FirstBytes;
    class Reservation;
    struct Waiter;
    class Place;

    using Granted = std::vector<std::shared_ptr<Waiter>>;

    std::deque<std::shared_ptr<Waiter>>& line(Pace pace);
    bool may_grant_locked(std::size_t bytes, Pace pace) const;
    Reservation* try_reserve(std::size_t bytes, Pace pace);
    bool is_over(const Waiter& waiter);
    Reservation* make_locked(std::size_t bytes, Pace pace);
    Granted grant_locked();
    void find_slow_locked();
    static void wake(const Granted& granted);
    Chunk take(Reservation& reservation, std::size_t capacity);
    void release(Reservation& reservation);
    void count_back_locked(Reservation& reservation, std::size_t bytes);
    std::byte* allocate_locked(std::size_t capacity);
    void free_locked(std::byte* memory, std::size_t capacity);

    const Options options_;
    mutable std::mutex mutex_;
    std::unique_ptr<FirstBytes> first_;
    std::list<std::unique_ptr<Reservation>> reservations_;  // the oldest first
    std::deque<std::shared_ptr<Waiter>> fast_waiting_;
    std::deque<std::shared_ptr<Waiter>> slow_waiting_;
    std::vector<std::unique_ptr<std::byte[]>> free_;  // of limits::chunk_bytes each
    Use use_;
    std::size_t fast_ = 0;  // reservations
    std::size_t slow_ = 0;
    bool closed_ = false;
};

/// What was reserved for a part, until chunks have been made of it; gives back the rest. The chunks
/// give themselves back. The memory must outlive both.
class PartMemory {
  public:
    PartMemory() = default;
    PartMemory(PartMemory&& other) noexcept
        : memory_(other.memory_), reservation_(std::exchange(other.reservation_, nullptr)) {}
    PartMemory& operator=(PartMemory&& other) noexcept {
        PartMemory taken(std::move(other));
        std::swap(memory_, taken.memory_);
        std::swap(reservation_, taken.reservation_);
        return *this;
    }
    ~PartMemory();

    explicit operator bool() const { return reservation_ != nullptr; }
    /// What chunks can still be made of.
    std::size_t left() const;
    /// Of at most limits::chunk_bytes. More than is left is taken all the same: a part's size is
    /// rounded to chunks.
    Chunk take(std::size_t capacity);

  private:
    friend class ForwardMemory;
    PartMemory(ForwardMemory& memory, ForwardMemory::Reservation& reservation)
        : memory_(&memory), reservation_(&reservation) {}

    ForwardMemory* memory_ = nullptr;
    ForwardMemory::Reservation* reservation_ = nullptr;
};

}  // namespace slipway
