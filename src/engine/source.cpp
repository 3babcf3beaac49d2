// SPDX-License-Identifier: Apache-2.0
#include "engine/source.h"

#include "objects/running_checksum.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utility>

namespace slipway::engine {
namespace {

// A fifo in the file's place must not hold us up.
constexpr int open_flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

tl::unexpected<Error> refused(const std::string& path, const char* what, int error) {
    ErrorKind kind = ErrorKind::io;
    if (error == ENOENT || error == ENOTDIR) {
        kind = ErrorKind::not_found;
    } else if (error == EACCES || error == EPERM) {
        kind = ErrorKind::permission_denied;
    }
    return fail(kind, fmt::format("cannot {} {}: {}", what, path, std::strerror(error)));
}

tl::unexpected<Error> changed(const std::string& path, std::string_view how) {
    return fail(ErrorKind::corrupted,
                fmt::format("{} {} while it was read; upload it again once it rests", path, how),
                "SourceChanged");
}

bool same_time(const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

objects::Checksum checksum_of(const std::vector<Chunk>& chunks,
                              objects::ChecksumAlgorithm algorithm) {
    objects::RunningChecksum checksum(algorithm);
    for (const Chunk& chunk : chunks) {
        checksum.update(chunk.bytes());
    }
    return checksum.finish();
}

/// Whether a file system has all of its files in memory, and so does not know RWF_NOWAIT.
bool is_in_memory(int fd, dev_t device) {
    thread_local std::pair<dev_t, bool> known{0, false};
    if (known.first != device) {
        struct statfs system {};
        known = {device, ::fstatfs(fd, &system) == 0 &&
                             (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC)};
    }
    return known.second;
}

}  // namespace

Task<std::vector<Chunk>> take_chunks(std::uint64_t size, ChunkPool& pool) {
    std::vector<Chunk> chunks;
    chunks.reserve(static_cast<std::size_t>(size / limits::chunk_bytes + 1));
    while (size > 0) {
        chunks.push_back(co_await pool.take());
        const std::uint64_t filled = std::min<std::uint64_t>(size, chunks.back().capacity());
        chunks.back().resize(static_cast<std::size_t>(filled));
        size -= filled;
    }
    co_return chunks;
}

Task<Chunk> Source::read_chunk(const Part&, ChunkPool&) {
    co_return fail(ErrorKind::internal, "only a file is read in chunks");
}

Task<PartBytes> MemorySource::read(const Part& part,
                                   objects::ChecksumAlgorithm algorithm,
                                   ChunkPool&) {
    std::string_view rest =
        bytes_.substr(static_cast<std::size_t>(part.offset), static_cast<std::size_t>(part.size));
    PartBytes bytes;
    while (!rest.empty()) {  // in pieces, so that it is told how they go
        bytes.chunks.push_back(Chunk::view_of(rest.substr(0, limits::chunk_bytes)));
        rest.remove_prefix(bytes.chunks.back().size());
    }
    bytes.checksum = checksum_of(bytes.chunks, algorithm);
    co_return bytes;
}

FileSource::FileSource(std::string path, const struct stat& found, DiskThreads& disk)
    : path_(std::move(path)), found_(found), disk_(disk) {
}

Task<PartBytes> FileSource::read(const Part& part,
                                 objects::ChecksumAlgorithm algorithm,
                                 ChunkPool& pool) {
    PartBytes bytes;
    const bool held = part.size <= limits::engine_piece_bytes;
    if (held) {
        SLIPWAY_CO_TRY(chunks, co_await take_chunks(part.size, pool));
        bytes.chunks = std::move(chunks);
    }
    if (auto checksum = read_at_once(part, algorithm, bytes.chunks)) {
        SLIPWAY_CO_CHECK(look_unchanged());
        bytes.checksum = *std::move(checksum);
        read_at_once_ = true;
    } else {
        auto work = [this, &part, algorithm, &bytes] {
            return read_waiting(part, algorithm, bytes.chunks);
        };
        SLIPWAY_CO_TRY(read, co_await disk_.run(std::move(work)));
        bytes.checksum = std::move(read);
    }
    if (part.size > limits::chunk_bytes) {
        bytes.slice = FileSlice{file_, part.offset, part.size};
    }
    co_return bytes;
}

Task<Chunk> FileSource::read_chunk(const Part& rest, ChunkPool& pool) {
    Chunk chunk = co_await pool.take();
    chunk.resize(static_cast<std::size_t>(std::min<std::uint64_t>(rest.size, chunk.capacity())));
    const std::span into(chunk.data(), chunk.size());
    if (fill_at_once(into, rest.offset)) {
        read_at_once_ = true;
        co_return chunk;
    }
    auto work = [this, into, &rest]() -> Result<> {
        SLIPWAY_TRY(file, open());
        // What the disk brings meanwhile, the next chunks need not come here for.
        ::posix_fadvise(file->fd(), static_cast<off_t>(rest.offset), static_cast<off_t>(rest.size),
                        POSIX_FADV_WILLNEED);
        return fill(into, rest.offset);
    };
    SLIPWAY_CO_CHECK(co_await disk_.run(std::move(work)));
    co_return chunk;
}

Task<> FileSource::check_unchanged() {
    if (read_at_once_) {
        co_return look_unchanged();
    }
    auto work = [this] { return look_unchanged(); };
    co_return co_await disk_.run(std::move(work));
}

/// Reads a part into its chunks, or where it has none through a piece of memory that stays in the
/// processor's cache, and answers its checksum. `fill` answers as FileSource::fill.
template <class Fill>
static Result<objects::Checksum> read_part(const Part& part,
                                           objects::ChecksumAlgorithm algorithm,
                                           std::span<Chunk> chunks,
                                           const Fill& fill) {
    objects::RunningChecksum checksum(algorithm);
    std::uint64_t done = 0;
    while (done < part.size) {
        std::span<std::byte> into;
        if (chunks.empty()) {
            thread_local std::vector<std::byte> piece(limits::chunk_bytes);
            const auto size = std::min<std::uint64_t>(piece.size(), part.size - done);
            into = std::span(piece).first(static_cast<std::size_t>(size));
        } else {
            into = std::span(chunks.front().data(), chunks.front().size());
            chunks = chunks.subspan(1);
        }
        SLIPWAY_CHECK(fill(into, part.offset + done));
        checksum.update(into);
        done += into.size();
    }
    return checksum.finish();
}

Result<objects::Checksum> FileSource::read_waiting(const Part& part,
                                                   objects::ChecksumAlgorithm algorithm,
                                                   std::span<Chunk> chunks) {
    SLIPWAY_TRY(checksum, read_part(part, algorithm, chunks,
                                    [this](auto into, auto offset) { return fill(into, offset); }));
    SLIPWAY_CHECK(look_unchanged());
    return checksum;
}

/// Nothing: not all of it is in memory, or it would keep the I/O thread from its work for too long.
std::optional<objects::Checksum> FileSource::read_at_once(const Part& part,
                                                          objects::ChecksumAlgorithm algorithm,
                                                          std::span<Chunk> chunks) {
    const bool slow = part.size > limits::chunk_bytes && !objects::can_be_full_object(algorithm);
    if (part.size == 0 || part.size > limits::engine_read_at_once_bytes_max || slow) {
        return std::nullopt;
    }
    const auto fill = [this](auto into, auto offset) -> Result<> {
        return fill_at_once(into, offset) ? Result<>() : fail(ErrorKind::unavailable, "not now");
    };
    auto checksum = read_part(part, algorithm, chunks, fill);
    return checksum ? std::optional(*std::move(checksum)) : std::nullopt;
}

Result<std::shared_ptr<OpenFile>> FileSource::open() {
    const std::lock_guard lock(mutex_);
    if (!file_) {
        const int fd = ::open(path_.c_str(), open_flags);
        if (fd < 0) {
            return refused(path_, "open", errno);
        }
        file_ = std::make_shared<OpenFile>(fd);
    }
    return file_;
}

/// Null: not in memory, or a fault. Whoever may wait finds out.
std::shared_ptr<OpenFile> FileSource::open_at_once() {
    const std::lock_guard lock(mutex_);
    if (!file_) {
        open_how how{};
        how.flags = open_flags;
        how.resolve = RESOLVE_CACHED;
        const long fd = ::syscall(SYS_openat2, AT_FDCWD, path_.c_str(), &how, sizeof how);
        if (fd >= 0) {
            file_ = std::make_shared<OpenFile>(static_cast<int>(fd));
        }
    }
    return file_;
}

/// Reads bytes if that needs no waiting for a disk: two visits to a disk thread cost more than
/// the reading of a small file that the system has in memory.
bool FileSource::fill_at_once(std::span<std::byte> bytes, std::uint64_t offset) {
    const auto file = open_at_once();
    if (!file) {
        return false;
    }
    const iovec into{bytes.data(), bytes.size()};
    const int without_waiting = is_in_memory(file->fd(), found_.st_dev) ? 0 : RWF_NOWAIT;
    return ::preadv2(file->fd(), &into, 1, static_cast<off_t>(offset), without_waiting) ==
           static_cast<ssize_t>(bytes.size());
}

Result<> FileSource::fill(std::span<std::byte> into, std::uint64_t offset) {
    SLIPWAY_TRY(file, open());
    while (!into.empty()) {
        const auto count =
            ::pread(file->fd(), into.data(), into.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return refused(path_, "read", errno);
        }
        if (count == 0) {
            return changed(path_, "became shorter");
        }
        into = into.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

Result<> FileSource::look_unchanged() const {
    struct stat now {};
    if (::stat(path_.c_str(), &now) != 0) {
        return errno == ENOENT ? Result<>(changed(path_, "was removed"))
                               : Result<>(refused(path_, "look at", errno));
    }
    if (now.st_dev != found_.st_dev || now.st_ino != found_.st_ino) {
        return changed(path_, "was replaced");
    }
    if (now.st_size != found_.st_size) {
        return changed(path_, now.st_size < found_.st_size ? "became shorter" : "grew");
    }
    if (!same_time(now.st_mtim, found_.st_mtim)) {
        return changed(path_, "was written to");
    }
    return {};
}

}  // namespace slipway::engine
