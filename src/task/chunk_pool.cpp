// SPDX-License-Identifier: Apache-2.0
#include "task/chunk_pool.h"

#include "base/assert.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>

#include <cstring>
#include <new>
#include <sys/mman.h>

namespace slipway {
namespace {

/// One of the processor's large pages: copying through 256 small ones costs their translations.
constexpr std::size_t slab_bytes = 2U << 20U;
static_assert(slab_bytes % limits::chunk_bytes == 0);

}  // namespace

Chunk::~Chunk() {
    if (owner_ != nullptr) {
        owner_->give_back(memory_, capacity_);
    } else if (capacity_ > 0) {
        delete[] memory_;
    }
}

void Chunk::swap(Chunk& other) noexcept {
    std::swap(owner_, other.owner_);
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
}

Chunk Chunk::copy_of(std::string_view text) {
    if (text.empty()) {
        return {};
    }
    Chunk chunk = with_capacity(text.size());
    std::memcpy(chunk.memory_, text.data(), text.size());
    chunk.size_ = text.size();
    return chunk;
}

Chunk Chunk::with_capacity(std::size_t capacity) {
    Chunk chunk;
    chunk.memory_ = new std::byte[capacity];
    chunk.capacity_ = capacity;
    return chunk;
}

Chunk Chunk::of(ChunkOwner& owner, std::byte* memory, std::size_t capacity) {
    Chunk chunk;
    chunk.owner_ = &owner;
    chunk.memory_ = memory;
    chunk.capacity_ = capacity;
    return chunk;
}

Chunk Chunk::view_of(std::string_view bytes) {
    Chunk chunk;
    chunk.memory_ = reinterpret_cast<std::byte*>(const_cast<char*>(bytes.data()));
    chunk.size_ = bytes.size();
    return chunk;
}

ChunkPool::ChunkPool(std::size_t budget_bytes)
    : chunks_max_(std::max<std::size_t>(1, budget_bytes / limits::chunk_bytes)) {
}

ChunkPool::~ChunkPool() {
    SLIPWAY_ASSERT(in_use_ == 0);
}

void ChunkPool::FreeSlab::operator()(std::byte* slab) const {
    ::operator delete(slab, std::align_val_t(slab_bytes));
}

void ChunkPool::add_slab_locked() {
    std::unique_ptr<std::byte, FreeSlab> slab(
        static_cast<std::byte*>(::operator new(slab_bytes, std::align_val_t(slab_bytes))));
    ::madvise(slab.get(), slab_bytes, MADV_HUGEPAGE);  // where the system has such pages
    for (std::size_t end = slab_bytes; end > 0; end -= limits::chunk_bytes) {
        free_.push_back(slab.get() + (end - limits::chunk_bytes));
    }
    slabs_.push_back(std::move(slab));
}

Chunk ChunkPool::wrap(std::byte* memory) {
    return Chunk::of(*this, memory, limits::chunk_bytes);
}

std::byte* ChunkPool::allocate_locked() {
    if (in_use_ == chunks_max_) {
        return nullptr;
    }
    if (free_.empty()) {
        add_slab_locked();
    }
    std::byte* memory = free_.back();
    free_.pop_back();
    ++in_use_;
    return memory;
}

Chunk ChunkPool::try_take() {
    const std::lock_guard lock(mutex_);
    // Nobody overtakes those who wait already.
    std::byte* memory = waiting_.empty() ? allocate_locked() : nullptr;
    return memory != nullptr ? wrap(memory) : Chunk();
}

Async<Chunk> ChunkPool::take() {
    Chunk chunk = try_take();
    if (chunk.capacity() > 0) {
        co_return chunk;
    }
    auto start = [this](auto handler) {
        const auto executor = boost::asio::get_associated_executor(handler);
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        std::unique_lock lock(mutex_);
        std::byte* memory = waiting_.empty() ? allocate_locked() : nullptr;
        if (memory == nullptr) {
            waiting_.emplace_back(executor,
                                  [shared](Chunk given) { std::move (*shared)(std::move(given)); });
            return;
        }
        lock.unlock();
        auto resume = [shared, given = wrap(memory)]() mutable {
            std::move (*shared)(std::move(given));
        };
        boost::asio::post(executor, std::move(resume));
    };
    co_return co_await boost::asio::async_initiate<decltype(as_value), void(Chunk)>(
        std::move(start), as_value);
}

void ChunkPool::give_back(std::byte* memory, std::size_t) noexcept {
    std::unique_lock lock(mutex_);
    if (waiting_.empty()) {
        --in_use_;
        free_.push_back(memory);
        return;
    }
    auto [executor, resume] = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    auto hand_over = [next = std::move(resume), chunk = wrap(memory)]() mutable {
        next(std::move(chunk));
    };
    boost::asio::post(executor, std::move(hand_over));
}

std::size_t ChunkPool::chunks_in_use() const {
    const std::lock_guard lock(mutex_);
    return in_use_;
}

}  // namespace slipway
