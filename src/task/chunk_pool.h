// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/limits.h"
#include "task/task.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway {

/// Whom a chunk's memory goes back to. Any thread.
class ChunkOwner {
  public:
    virtual void give_back(std::byte* memory, std::size_t capacity) noexcept = 0;

  protected:
    ~ChunkOwner() = default;
};

/// A piece of a body in memory that belongs to its holder; goes back to its owner when dropped.
///
/// Movable, not copyable. An empty chunk (size 0) is the end of a body and holds no memory.
/// May be dropped on any thread.
class Chunk {
  public:
    Chunk() = default;
    Chunk(Chunk&& other) noexcept { swap(other); }
    Chunk& operator=(Chunk&& other) noexcept {
        Chunk taken(std::move(other));
        swap(taken);
        return *this;
    }
    ~Chunk();

    std::byte* data() { return memory_; }
    const std::byte* data() const { return memory_; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    /// How much fits: limits::chunk_bytes for a pooled chunk.
    std::size_t capacity() const { return capacity_; }
    /// Says how many bytes from the start are filled.
    void resize(std::size_t size) { size_ = size; }
    std::span<const std::byte> bytes() const { return {memory_, size_}; }
    std::string_view text() const { return {reinterpret_cast<const char*>(memory_), size_}; }

    /// A chunk with a copy of `text`, outside any pool: for small pieces and for tests.
    static Chunk copy_of(std::string_view text);

    /// Memory outside any pool, of which nothing is filled yet.
    static Chunk with_capacity(std::size_t capacity);

    /// Memory of an owner's, of which nothing is filled yet. The owner lives longer.
    static Chunk of(ChunkOwner& owner, std::byte* memory, std::size_t capacity);

    /// Bytes that somebody else keeps for longer than the chunk lives; nothing fits into it, and
    /// nothing may be written.
    static Chunk view_of(std::string_view bytes);

  private:
    void swap(Chunk& other) noexcept;

    ChunkOwner* owner_ = nullptr;
    std::byte* memory_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

/// The one byte budget of the process for bodies on their way (design decision 3).
///
/// take() waits when the budget is used up; that wait is the back-pressure: nothing is read from a
/// socket without a chunk to read into. Any thread. Free chunks are kept for reuse, up to the
/// budget.
class ChunkPool final : private ChunkOwner {
  public:
    explicit ChunkPool(std::size_t budget_bytes = limits::chunk_pool_bytes);
    ~ChunkPool();
    ChunkPool(const ChunkPool&) = delete;
    ChunkPool& operator=(const ChunkPool&) = delete;

    /// A chunk of limits::chunk_bytes capacity and size 0. Served in order of asking.
    Async<Chunk> take();

    /// The same if one is there now, else a chunk of capacity 0.
    Chunk try_take();

    std::size_t chunks_in_use() const;

  private:
    using Waiter = std::pair<IoExecutor, std::function<void(Chunk)>>;

    struct FreeSlab {
        void operator()(std::byte* slab) const;
    };

    Chunk wrap(std::byte* memory);
    std::byte* allocate_locked();
    void add_slab_locked();
    void give_back(std::byte* memory, std::size_t capacity) noexcept override;

    const std::size_t chunks_max_;
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<std::byte, FreeSlab>> slabs_;  // of many chunks each
    std::vector<std::byte*> free_;
    std::deque<Waiter> waiting_;
    std::size_t in_use_ = 0;
};

}  // namespace slipway
