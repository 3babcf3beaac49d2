// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/file_system.h"
#include "support/crash/watched_vfs.h"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace slipway::test {

/// A disk of which only so many bytes are free: what grows takes them, what is removed gives them
/// back. Any thread.
class SmallDisk final : public store::FileSystem, private DatabaseWatcher {
  public:
    explicit SmallDisk(std::int64_t free_bytes) : free_(free_bytes) {}

    /// More of it, or less: what others do on the same disk.
    void add(std::int64_t bytes) {
        const std::lock_guard lock(mutex_);
        free_ += bytes;
    }
    std::int64_t free_bytes() const {
        const std::lock_guard lock(mutex_);
        return free_;
    }
    /// Mounted read-only, as the kernel does after a fault: nothing can be changed.
    std::atomic<bool> read_only = false;

    Result<int> create(const std::string& path) override {
        SLIPWAY_CHECK(changeable(path));
        return FileSystem::create(path);
    }
    Result<> allocate(int fd, std::uint64_t size) override {
        if (const int error_number = grow(size_of(fd), static_cast<std::int64_t>(size))) {
            return fail(store::system_error("cannot take room", error_number));
        }
        static_cast<void>(::ftruncate(fd, static_cast<off_t>(size)) == 0);
        return {};
    }
    Result<> make_directory(const std::string& path) override {
        if (std::filesystem::is_directory(path)) {
            return {};
        }
        SLIPWAY_CHECK(changeable(path));
        return FileSystem::make_directory(path);
    }
    Result<> link(const std::string& from, const std::string& to) override {
        SLIPWAY_CHECK(changeable(to));
        return FileSystem::link(from, to);
    }
    Result<> remove(const std::string& path) override {
        SLIPWAY_CHECK(changeable(path));
        const std::lock_guard lock(mutex_);
        free_ += size_of(path);
        return FileSystem::remove(path);
    }
    // How long they would take is not what is tested.
    Result<> sync_data(int) override { return {}; }
    Result<> sync_directory(const std::string&) override { return {}; }
    const char* sqlite_vfs() const override { return vfs_.name(); }

  protected:
    ssize_t write_some(int fd, const void* bytes, std::size_t size, std::uint64_t at) override {
        errno = grow(size_of(fd), static_cast<std::int64_t>(at + size));
        return errno != 0 ? -1 : FileSystem::write_some(fd, bytes, size, at);
    }

  private:
    int before_open(const std::string&, int) override { return SQLITE_OK; }
    int before_remove(const std::string& path, bool) override {
        const std::lock_guard lock(mutex_);
        free_ += read_only ? 0 : size_of(path);
        return read_only ? SQLITE_IOERR_DELETE : SQLITE_OK;
    }
    int before_write(const std::string& path, std::uint64_t at, std::string_view bytes) override {
        const int error_number = grow(size_of(path), static_cast<std::int64_t>(at + bytes.size()));
        errno = error_number;
        return error_number == 0        ? SQLITE_OK
               : error_number == ENOSPC ? SQLITE_FULL
                                        : SQLITE_IOERR_WRITE;
    }
    int before_truncate(const std::string& path, std::uint64_t size) override {
        const std::lock_guard lock(mutex_);
        free_ += size_of(path) - static_cast<std::int64_t>(size);
        return SQLITE_OK;
    }
    int before_sync(const std::string&, bool) override { return SQLITE_OK; }

    Result<> changeable(const std::string& path) const {
        if (read_only) {
            return fail(store::system_error("cannot change " + path, EROFS));
        }
        return {};
    }
    int grow(std::int64_t from, std::int64_t to) {
        const std::lock_guard lock(mutex_);
        if (read_only) {
            return EROFS;
        }
        if (to > from && to - from > free_) {
            return ENOSPC;
        }
        free_ -= to > from ? to - from : 0;
        return 0;
    }
    static std::int64_t size_of(int fd) {
        struct stat state {};
        return ::fstat(fd, &state) == 0 ? state.st_size : 0;
    }
    static std::int64_t size_of(const std::string& path) {
        struct stat state {};
        return ::stat(path.c_str(), &state) == 0 && state.st_nlink == 1 ? state.st_size : 0;
    }

    mutable std::mutex mutex_;
    std::int64_t free_;
    WatchedVfs vfs_{*this};
};

}  // namespace slipway::test
