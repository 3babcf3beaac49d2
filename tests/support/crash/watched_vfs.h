// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::test {

/// Is asked before SQLite changes a file: SQLITE_OK lets it, anything else is what SQLite is told.
/// Any thread.
class DatabaseWatcher {
  public:
    virtual ~DatabaseWatcher() = default;
    virtual int before_open(const std::string& path, int flags) = 0;
    virtual int before_remove(const std::string& path, bool sync_directory) = 0;
    virtual int before_write(const std::string& path,
                             std::uint64_t offset,
                             std::string_view bytes) = 0;
    virtual int before_truncate(const std::string& path, std::uint64_t size) = 0;
    /// `with_name`: the first sync of a log by who may have made it. SQLite then syncs the
    /// directory as well (os_unix.c, UNIXFILE_DIRSYNC). The real file is not synced: who watches
    /// knows what is certain.
    virtual int before_sync(const std::string& path, bool with_name) = 0;
};

/// SQLite's own way to files (VFS) with a watcher before it. Shared memory of the log and locks are
/// passed on: neither outlives a crash.
class WatchedVfs {
  public:
    explicit WatchedVfs(DatabaseWatcher& watcher) : watcher_(watcher) {
        static std::atomic<int> counter = 0;
        name_ = "watched" + std::to_string(++counter);
        real_ = sqlite3_vfs_find(nullptr);
        vfs_ = *real_;
        vfs_.pNext = nullptr;
        vfs_.zName = name_.c_str();
        vfs_.pAppData = this;
        vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
        vfs_.xOpen = [](sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                        int* out_flags) {
            auto* self = static_cast<WatchedVfs*>(vfs->pAppData);
            return self->open(path, as_ours(file), flags, out_flags);
        };
        vfs_.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync_directory) {
            auto* self = static_cast<WatchedVfs*>(vfs->pAppData);
            const int code = self->watcher_.before_remove(path, sync_directory != 0);
            return code != SQLITE_OK ? code : self->real_->xDelete(self->real_, path, 0);
        };
        sqlite3_vfs_register(&vfs_, 0);
    }
    ~WatchedVfs() { sqlite3_vfs_unregister(&vfs_); }
    WatchedVfs(const WatchedVfs&) = delete;
    WatchedVfs& operator=(const WatchedVfs&) = delete;

    const char* name() const { return name_.c_str(); }

  private:
    /// Ours, and SQLite's right behind it.
    struct File {
        sqlite3_file base;
        WatchedVfs* vfs;
        const char* path;
        bool name_unsynced;
        sqlite3_file* real() { return static_cast<sqlite3_file*>(static_cast<void*>(this + 1)); }
        const sqlite3_io_methods& call() { return *real()->pMethods; }
    };
    static File* as_ours(sqlite3_file* file) {
        return static_cast<File*>(static_cast<void*>(file));
    }

    int open(const char* path, File* file, int flags, int* out_flags) {
        file->base.pMethods = nullptr;
        file->vfs = this;
        file->path = path == nullptr ? "" : path;  // none: a temporary file
        file->name_unsynced = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & SQLITE_OPEN_WAL) != 0;
        const int refused = watcher_.before_open(file->path, flags);
        if (refused != SQLITE_OK) {
            return refused;
        }
        const int code = real_->xOpen(real_, path, file->real(), flags, out_flags);
        if (code == SQLITE_OK) {
            static const sqlite3_io_methods methods = all_methods();
            file->base.pMethods = &methods;
        }
        return code;
    }

    static sqlite3_io_methods all_methods() {
        sqlite3_io_methods m{};
        m.iVersion = 2;  // without memory mapping of the database
        add_watched(m);
        m.xClose = [](sqlite3_file* f) { return as_ours(f)->call().xClose(as_ours(f)->real()); };
        m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
            return as_ours(f)->call().xRead(as_ours(f)->real(), to, size, at);
        };
        m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
            return as_ours(f)->call().xFileSize(as_ours(f)->real(), size);
        };
        m.xLock = [](sqlite3_file* f, int level) {
            return as_ours(f)->call().xLock(as_ours(f)->real(), level);
        };
        m.xUnlock = [](sqlite3_file* f, int level) {
            return as_ours(f)->call().xUnlock(as_ours(f)->real(), level);
        };
        m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
            return as_ours(f)->call().xCheckReservedLock(as_ours(f)->real(), out);
        };
        m.xFileControl = [](sqlite3_file* f, int operation, void* argument) {
            return as_ours(f)->call().xFileControl(as_ours(f)->real(), operation, argument);
        };
        m.xSectorSize = [](sqlite3_file* f) {
            return as_ours(f)->call().xSectorSize(as_ours(f)->real());
        };
        m.xDeviceCharacteristics = [](sqlite3_file* f) {
            return as_ours(f)->call().xDeviceCharacteristics(as_ours(f)->real());
        };
        m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, volatile void** out) {
            return as_ours(f)->call().xShmMap(as_ours(f)->real(), page, size, extend, out);
        };
        m.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) {
            return as_ours(f)->call().xShmLock(as_ours(f)->real(), offset, n, flags);
        };
        m.xShmBarrier = [](sqlite3_file* f) { as_ours(f)->call().xShmBarrier(as_ours(f)->real()); };
        m.xShmUnmap = [](sqlite3_file* f, int remove_it) {
            return as_ours(f)->call().xShmUnmap(as_ours(f)->real(), remove_it);
        };
        return m;
    }

    static void add_watched(sqlite3_io_methods& m) {
        m.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
            File& file = *as_ours(f);
            const std::string_view bytes(static_cast<const char*>(from),
                                         static_cast<std::size_t>(size));
            const int code =
                file.vfs->watcher_.before_write(file.path, static_cast<std::uint64_t>(at), bytes);
            return code != SQLITE_OK ? code : file.call().xWrite(file.real(), from, size, at);
        };
        m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
            File& file = *as_ours(f);
            const int code =
                file.vfs->watcher_.before_truncate(file.path, static_cast<std::uint64_t>(size));
            return code != SQLITE_OK ? code : file.call().xTruncate(file.real(), size);
        };
        m.xSync = [](sqlite3_file* f, int) {
            File& file = *as_ours(f);
            const int code = file.vfs->watcher_.before_sync(file.path, file.name_unsynced);
            file.name_unsynced = file.name_unsynced && code != SQLITE_OK;
            return code;
        };
    }

    DatabaseWatcher& watcher_;
    std::string name_;
    sqlite3_vfs vfs_{};
    sqlite3_vfs* real_ = nullptr;
};

}  // namespace slipway::test
