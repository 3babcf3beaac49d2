// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/plan.h"
#include "objects/checksum.h"
#include "task/body.h"
#include "task/chunk_pool.h"
#include "task/disk_threads.h"
#include "task/task.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace slipway::engine {

/// One part's bytes: in memory until they are sent, or in the file they are sent from, or in both.
struct PartBytes {
    std::vector<Chunk> chunks;
    std::optional<FileSlice> slice;
    objects::Checksum checksum;
};

/// Where a file's bytes come from. Any part may be read, several at once, and again. Any I/O
/// thread.
class Source {
  public:
    virtual ~Source() = default;
    virtual std::uint64_t size() const = 0;

    /// Brings exactly the part's bytes and their checksum: in chunks of the pool, or as a slice
    /// that has been read through for the checksum; more than a chunk of a file as a slice as well.
    /// Errors: io, not_found, permission_denied; corrupted `SourceChanged` when the bytes may not
    /// be those of one moment.
    virtual Task<PartBytes> read(const Part& part,
                                 objects::ChecksumAlgorithm algorithm,
                                 ChunkPool& pool) = 0;

    /// Whether parts of more than engine_piece_bytes come as slices only, which take no memory.
    virtual bool in_file() const { return false; }

    /// The first chunk of bytes that are wanted soon, as they are now. Only where in_file(), for
    /// who asks check_unchanged() once all are sent. Errors: those of read().
    virtual Task<Chunk> read_chunk(const Part& rest, ChunkPool& pool);

    /// For who sent a slice or chunks: whether the bytes are still those of when it was found.
    /// Errors: corrupted `SourceChanged`; permission_denied, io.
    virtual Task<> check_unchanged() { co_return Result<>(); }
};

/// Bytes that lie in memory and are sent from there. `owner` keeps them; without it the caller
/// does.
class MemorySource final : public Source {
  public:
    explicit MemorySource(std::string_view bytes, std::shared_ptr<const void> owner = nullptr)
        : bytes_(bytes), owner_(std::move(owner)) {}
    std::uint64_t size() const override { return bytes_.size(); }
    Task<PartBytes> read(const Part& part,
                         objects::ChecksumAlgorithm algorithm,
                         ChunkPool& pool) override;

  private:
    const std::string_view bytes_;
    const std::shared_ptr<const void> owner_;
};

/// A file as it was when it was found.
///
/// A part of up to engine_piece_bytes is read into chunks and sent from there while the processor's
/// cache still has it, which costs less than from the file. A larger one is read through for its
/// checksum and then sent from the file, which takes no memory, or read in chunks by who computes
/// it meanwhile. What the system has in memory is
/// read at once: handing it to a disk thread and back costs more. The rest, and digests that take
/// their time, are a disk thread's.
///
/// Opened with the first read. After each read its path must still lead
/// to the same file with the same size and time of change: a file that is truncated, grown,
/// written to or replaced meanwhile is an error and never stored as a mixture.
class FileSource final : public Source {
  public:
    /// `found` is what lstat or stat said of it.
    FileSource(std::string path, const struct stat& found, DiskThreads& disk);
    std::uint64_t size() const override { return static_cast<std::uint64_t>(found_.st_size); }
    Task<PartBytes> read(const Part& part,
                         objects::ChecksumAlgorithm algorithm,
                         ChunkPool& pool) override;

    bool in_file() const override { return true; }
    Task<Chunk> read_chunk(const Part& rest, ChunkPool& pool) override;
    Task<> check_unchanged() override;

  private:
    Result<std::shared_ptr<OpenFile>> open();
    std::shared_ptr<OpenFile> open_at_once();
    Result<> look_unchanged() const;
    Result<objects::Checksum> read_waiting(const Part& part,
                                           objects::ChecksumAlgorithm algorithm,
                                           std::span<Chunk> chunks);
    std::optional<objects::Checksum> read_at_once(const Part& part,
                                                  objects::ChecksumAlgorithm algorithm,
                                                  std::span<Chunk> chunks);
    bool fill_at_once(std::span<std::byte> into, std::uint64_t offset);
    Result<> fill(std::span<std::byte> into, std::uint64_t offset);

    const std::string path_;
    const struct stat found_;
    DiskThreads& disk_;
    std::mutex mutex_;  // guards file_: several parts may be read at once
    std::shared_ptr<OpenFile> file_;
    std::atomic<bool> read_at_once_ = false;  // what the system says of it needs no disk
};

/// As many empty chunks as `size` bytes need.
Task<std::vector<Chunk>> take_chunks(std::uint64_t size, ChunkPool& pool);

}  // namespace slipway::engine
