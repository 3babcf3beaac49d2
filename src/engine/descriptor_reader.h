// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/body.h"
#include "task/disk_threads.h"

#include <atomic>
#include <cstdint>
#include <optional>

namespace slipway::engine {

/// What comes out of an open descriptor, a pipe above all, as a body without a size.
///
/// Chunks are filled whole as far as it goes. A disk thread is busy for at most
/// limits::feed_idle_time while nothing comes. One reader, on one I/O thread.
class DescriptorReader final : public BodyReader {
  public:
    /// `fd` stays the caller's; it and the others outlive this.
    DescriptorReader(int fd, ChunkPool& pool, DiskThreads& disk)
        : fd_(fd), pool_(pool), disk_(disk) {}

    /// Errors: io; cancelled after stop().
    Task<Chunk> read() override;
    std::optional<std::uint64_t> size() const override { return std::nullopt; }

    /// What is read from now on is an error. Any thread.
    void stop() { stopped_ = true; }

  private:
    enum class Fill : std::uint8_t { idle, full, end };
    Result<Fill> fill(Chunk& chunk) const;

    const int fd_;
    ChunkPool& pool_;
    DiskThreads& disk_;
    std::atomic<bool> stopped_ = false;
};

}  // namespace slipway::engine
