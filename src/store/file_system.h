// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

namespace slipway::store {

/// The store's way to the operating system; tests put one in between that fails on demand.
///
/// Every call blocks; any thread. Errors: not_found, already_exists, no_space (disk or quota full),
/// permission_denied, unavailable (out of file descriptors; the disk is read-only), io.
class FileSystem {
  public:
    virtual ~FileSystem() = default;

    /// A new file, open for reading and writing.
    virtual Result<int> create(const std::string& path);
    virtual Result<int> open_to_read(const std::string& path);
    virtual void close(int fd);
    /// Makes the file that large, and takes the room for it.
    virtual Result<> allocate(int fd, std::uint64_t size);
    /// Writes all of `bytes`, however many calls that takes.
    Result<> write(int fd, std::span<const std::byte> bytes, std::uint64_t offset);
    /// Reads at most `bytes`; answers how many, 0 at the file's end.
    Result<std::size_t> read_some(int fd, std::span<std::byte> bytes, std::uint64_t offset);
    /// Fills all of `bytes`. Errors: corrupted when the file ends before.
    Result<> read(int fd, std::span<std::byte> bytes, std::uint64_t offset);
    /// The content, and the size that is needed to read it back, are durable afterwards.
    virtual Result<> sync_data(int fd);
    /// The names in a directory are durable afterwards.
    virtual Result<> sync_directory(const std::string& path);
    /// Succeeds when the directory is there already.
    virtual Result<> make_directory(const std::string& path);
    /// A second name for a file. Errors: unsupported where the file system has no such thing.
    virtual Result<> link(const std::string& from, const std::string& to);
    /// Succeeds when nothing is there.
    virtual Result<> remove(const std::string& path);
    virtual Result<std::vector<std::string>> list_directory(const std::string& path);

    /// Name of the SQLite VFS to use for the index; nullptr is SQLite's own.
    virtual const char* sqlite_vfs() const { return nullptr; }

  protected:
    /// As pwrite(2): may write less.
    virtual ssize_t write_some(int fd, const void* bytes, std::size_t size, std::uint64_t offset);
};

/// What errno says, as an Error: "cannot sync objects/3f/...: No space left on device; ...".
Error system_error(const std::string& attempted, int error_number);

}  // namespace slipway::store
