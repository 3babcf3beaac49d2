// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/chunk_pool.h"
#include "task/task.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace slipway {

/// A file descriptor that is closed when the last holder drops it.
class OpenFile {
  public:
    explicit OpenFile(int fd) : fd_(fd) {}
    ~OpenFile();
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int fd() const { return fd_; }

  private:
    int fd_;
};

/// Bytes [offset, offset + size) of an open file; sent without passing through our memory.
struct FileSlice {
    std::shared_ptr<OpenFile> file;  // shared: a cached handle may serve several answers at once
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

/// A body that arrives: whoever wants its bytes pulls them, and nothing moves before.
///
/// One reader at a time, on the I/O thread it was made on.
class BodyReader {
  public:
    virtual ~BodyReader() = default;

    /// The next piece; an empty chunk is the end, and stays the end.
    /// Errors: cancelled (the sender went away before the end), timeout (too slow),
    /// invalid_argument (malformed chunked coding), too_large.
    virtual Task<Chunk> read() = 0;

    /// Into memory of the caller's, where the body comes from a socket. wait_for_bytes() waits
    /// until read_now() has something to say, and is false where bytes come by read() only.
    /// read_now() answers a count, 0 at the end, or nothing when nothing is there. Errors: those of
    /// read().
    virtual Task<bool> wait_for_bytes() { co_return false; }
    virtual Result<std::optional<std::size_t>> read_now(std::span<std::byte> room) {
        static_cast<void>(room);
        return std::nullopt;
    }

    /// Total size in bytes where the sender declared it.
    virtual std::optional<std::uint64_t> size() const = 0;

    /// Whether read() waits for nobody but a disk of ours: then what goes before may wait for it.
    virtual bool at_hand() const { return false; }

    /// The whole body where it is in memory anyway, else nothing: then it may be sent from there,
    /// and sent again. For as long as the reader lives; read() takes nothing from it.
    virtual std::optional<std::span<const Chunk>> held() const { return std::nullopt; }

    /// The whole body where it is a piece of a file, else nothing: then it may be sent from there
    /// without passing through our memory, and sent again. Who does so says took() as it goes.
    virtual std::optional<FileSlice> slice() const { return std::nullopt; }
    /// So many bytes more of slice() have been handed to the connection.
    virtual void took(std::uint64_t) {}

    /// For a body of many pieces: what comes next where that is a piece of a file, to be sent from
    /// there instead of read(); nothing where it comes by read(), as the end does.
    /// Errors: those of read().
    virtual Result<std::optional<FileSlice>> next_slice() { return std::nullopt; }
};

/// Bytes that live as long as the program, such as the embedded page.
struct StaticBytes {
    std::string_view bytes;
};

/// A body that is sent: memory, a piece of a file, or a reader that is pulled while sending.
using Body = std::variant<std::string, FileSlice, StaticBytes, std::unique_ptr<BodyReader>>;

/// Its size in bytes, where known before it is sent.
std::optional<std::uint64_t> body_size(const Body& body);

/// Reads to the end into memory. Errors: too_large when more than `size_max` bytes arrive (the rest
/// is not read), and those of the reader.
Task<std::string> read_all(BodyReader& body, std::size_t size_max);

/// A body in memory as a reader, in pieces of at most `piece_bytes`.
class MemoryBodyReader final : public BodyReader {
  public:
    explicit MemoryBodyReader(std::string bytes, std::size_t piece_bytes = limits::chunk_bytes)
        : bytes_(std::move(bytes)), piece_bytes_(piece_bytes) {}
    Task<Chunk> read() override;
    std::optional<std::uint64_t> size() const override { return bytes_.size(); }

  private:
    std::string bytes_;
    std::size_t piece_bytes_;
    std::size_t position_ = 0;
};

/// A body in chunks that its holder keeps, as the transfer engine does until its part is stored.
///
/// Each read() copies a chunk; who can sends held() instead.
class HeldBodyReader final : public BodyReader {
  public:
    explicit HeldBodyReader(std::span<const Chunk> chunks) : chunks_(chunks) {}
    Task<Chunk> read() override;
    std::optional<std::uint64_t> size() const override;
    std::optional<std::span<const Chunk>> held() const override { return chunks_; }

  private:
    std::span<const Chunk> chunks_;
    std::size_t next_ = 0;
};

}  // namespace slipway
