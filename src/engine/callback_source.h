// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/source.h"
#include "task/body.h"
#include "task/waiters.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace slipway::engine {

/// Bytes that a function brings from any offset, as pread does: fills what it is given, answers how
/// many bytes; 0 where there are no more.
///
/// The function is called on the threads of `threads`, one call at a time: who reads another part
/// meanwhile waits without holding a thread. Bytes that are read again must be the ones of the
/// first time: the checksums of the last limits::engine_seen_pieces_max pieces are remembered.
class CallbackSource final : public Source {
  public:
    using ReadAt = std::function<Result<std::size_t>(std::uint64_t offset, std::span<char> into)>;

    /// `name` is for messages.
    CallbackSource(std::string name, std::uint64_t size, ReadAt read_at, DiskThreads& threads)
        : name_(std::move(name)), size_(size), read_at_(std::move(read_at)), threads_(threads) {}

    std::uint64_t size() const override { return size_; }
    /// Errors: those of the function; io: it threw; internal: it says that it filled more than it
    /// was given; corrupted `SourceChanged`: it ends too early, or brings other bytes now.
    Task<PartBytes> read(const Part& part,
                         objects::ChecksumAlgorithm algorithm,
                         ChunkPool& pool) override;

  private:
    class Turn;
    struct SeenPiece {
        std::uint64_t size = 0;
        objects::Checksum checksum;
    };

    Async<void> wait_for_turn();
    Result<> read_chunks(const Part& part, objects::ChecksumAlgorithm algorithm, PartBytes& bytes);
    Result<> fill(Chunk& chunk, std::uint64_t offset) const;
    Result<> check_same(const Part& part, const objects::Checksum& checksum);

    const std::string name_;
    const std::uint64_t size_;
    const ReadAt read_at_;
    DiskThreads& threads_;
    std::atomic<bool> reading_ = false;  // whose turn it is may touch seen_
    Waiters turns_;
    std::map<std::uint64_t, SeenPiece> seen_;  // by offset
};

/// Bytes that a function brings one after the other, as a body without a size: waits for some, puts
/// them into what it is given, answers how many; 0 is the end.
///
/// Called on the threads of `threads`. One reader, on one I/O thread.
class CallbackReader final : public BodyReader {
  public:
    using Read = std::function<Result<std::size_t>(std::span<char> into)>;

    CallbackReader(std::string name, Read read_some, ChunkPool& pool, DiskThreads& threads)
        : name_(std::move(name)),
          read_some_(std::move(read_some)),
          pool_(pool),
          threads_(threads) {}

    /// Errors: those of the function; io: it threw; internal, as above; cancelled after stop().
    Task<Chunk> read() override;
    std::optional<std::uint64_t> size() const override { return std::nullopt; }

    /// What is read from now on is an error; a call under way is waited for. Any thread.
    void stop() { stopped_ = true; }

  private:
    Result<> fill(Chunk& chunk);

    const std::string name_;
    const Read read_some_;
    ChunkPool& pool_;
    DiskThreads& threads_;
    std::atomic<bool> stopped_ = false;
    bool ended_ = false;
};

}  // namespace slipway::engine
