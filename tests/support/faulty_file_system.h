// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/file_system.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace slipway::test {

/// A disk that fails on demand, under the store's files and under SQLite's.
///
/// Each call that changes something counts. `fail_at(n, errno)` lets the n-th from now fail and all
/// later ones work; `cut_power_at(n)` lets the n-th and all later ones fail, and lose_power() then
/// takes away what was written and not synced: the content of files, and their names.
class FaultyFileSystem final : public store::FileSystem {
  public:
    FaultyFileSystem() { register_vfs(); }
    ~FaultyFileSystem() override { sqlite3_vfs_unregister(&vfs_); }

    void fail_at(int call, int error_number) { arm(call, error_number, false); }
    void cut_power_at(int call) { arm(call, EIO, true); }
    void heal() { arm(0, 0, false); }
    /// Whether the call to fail was reached.
    bool tripped() const { return tripped_; }
    /// Writes at most this much with one call.
    void write_at_most(std::size_t bytes) { write_max_ = bytes; }

    /// To be called when nothing of the store is open any more.
    void lose_power() {
        const std::lock_guard lock(mutex_);
        for (const std::string& path : unsynced_content_) {
            static_cast<void>(::truncate(path.c_str(), 0));
        }
        for (const std::string& path : unsynced_names_) {
            ::unlink(path.c_str());
        }
        for (auto& [path, undo] : database_undo_) {
            undo.roll_back(path);
        }
        database_undo_.clear();
    }

    Result<int> create(const std::string& path) override {
        SLIPWAY_CHECK(count("create"));
        SLIPWAY_TRY(fd, FileSystem::create(path));
        const std::lock_guard lock(mutex_);
        open_[fd] = path;
        unsynced_content_.insert(path);
        unsynced_names_.insert(path);
        return fd;
    }
    Result<> allocate(int fd, std::uint64_t size) override {
        SLIPWAY_CHECK(count("allocate"));
        return FileSystem::allocate(fd, size);
    }
    Result<> sync_data(int fd) override {
        SLIPWAY_CHECK(count("sync"));
        SLIPWAY_CHECK(FileSystem::sync_data(fd));
        const std::lock_guard lock(mutex_);
        unsynced_content_.erase(open_[fd]);
        return {};
    }
    Result<> sync_directory(const std::string& path) override {
        SLIPWAY_CHECK(count("sync of a directory"));
        SLIPWAY_CHECK(FileSystem::sync_directory(path));
        const std::lock_guard lock(mutex_);
        std::erase_if(unsynced_names_, [&](const std::string& name) {
            return std::filesystem::path(name).parent_path() == path;
        });
        return {};
    }
    Result<> make_directory(const std::string& path) override {
        SLIPWAY_CHECK(count("mkdir"));
        return FileSystem::make_directory(path);
    }
    Result<> link(const std::string& from, const std::string& to) override {
        SLIPWAY_CHECK(count("link"));
        if (no_links) {
            return fail(ErrorKind::unsupported, "no links here");
        }
        SLIPWAY_CHECK(FileSystem::link(from, to));
        const std::lock_guard lock(mutex_);
        unsynced_names_.insert(to);
        return {};
    }
    Result<> remove(const std::string& path) override {
        SLIPWAY_CHECK(count("remove"));
        const std::lock_guard lock(mutex_);
        unsynced_content_.erase(path);
        unsynced_names_.erase(path);
        return FileSystem::remove(path);
    }
    const char* sqlite_vfs() const override { return name_.c_str(); }

    bool no_links = false;

  protected:
    ssize_t write_some(int fd, const void* bytes, std::size_t size, std::uint64_t at) override {
        if (const int error_number = next_fault(); error_number != 0) {
            errno = error_number;
            return -1;
        }
        return FileSystem::write_some(fd, bytes, std::min<std::size_t>(size, write_max_), at);
    }

  private:
    /// What a database file held before the writes that are not synced yet.
    struct Undo {
        struct Piece {
            std::uint64_t offset;
            std::string before;
        };
        std::vector<Piece> pieces;
        std::uint64_t synced_size = 0;

        void roll_back(const std::string& path) {
            const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
            if (fd < 0) {
                return;
            }
            for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
                static_cast<void>(::pwrite(fd, piece->before.data(), piece->before.size(),
                                           static_cast<off_t>(piece->offset)));
            }
            static_cast<void>(::ftruncate(fd, static_cast<off_t>(synced_size)));
            ::close(fd);
        }
    };

    /// SQLite's file with ours in front.
    struct WrappedFile {
        sqlite3_file base;
        FaultyFileSystem* system;
        const char* path;
        sqlite3_file* real() { return static_cast<sqlite3_file*>(static_cast<void*>(this + 1)); }
    };
    static WrappedFile* wrapped(sqlite3_file* file) {
        return static_cast<WrappedFile*>(static_cast<void*>(file));
    }

    void arm(int call, int error_number, bool stays) {
        const std::lock_guard lock(mutex_);
        countdown_ = call;
        error_number_ = error_number;
        stays_ = stays;
        dead_ = false;
        tripped_ = false;
    }

    /// errno of the fault that is due now, or 0.
    int next_fault() {
        const std::lock_guard lock(mutex_);
        if (dead_) {
            return error_number_;
        }
        if (countdown_ == 0 || --countdown_ > 0) {
            return 0;
        }
        tripped_ = true;
        dead_ = stays_;
        return error_number_;
    }

    Result<> count(const char* what) {
        const int error_number = next_fault();
        if (error_number != 0) {
            return fail(store::system_error(std::string("cannot ") + what, error_number));
        }
        return {};
    }

    /// Remembers what the write is about to change.
    void remember(WrappedFile& file, std::uint64_t offset, std::size_t size) {
        sqlite3_int64 now = 0;
        file.real()->pMethods->xFileSize(file.real(), &now);
        const auto size_now = static_cast<std::uint64_t>(now);
        const std::lock_guard lock(mutex_);
        auto [undo, fresh] = database_undo_.try_emplace(file.path);
        if (fresh) {
            undo->second.synced_size = size_now;
        }
        if (offset >= size_now) {
            return;
        }
        std::string before(std::min<std::size_t>(size, size_now - offset), '\0');
        file.real()->pMethods->xRead(file.real(), before.data(), static_cast<int>(before.size()),
                                     static_cast<sqlite3_int64>(offset));
        undo->second.pieces.push_back({offset, std::move(before)});
    }

    void register_vfs() {
        static std::atomic<int> counter = 0;
        name_ = "faulty" + std::to_string(++counter);
        real_ = sqlite3_vfs_find(nullptr);
        vfs_ = *real_;
        vfs_.pNext = nullptr;
        vfs_.zName = name_.c_str();
        vfs_.pAppData = this;
        vfs_.szOsFile = static_cast<int>(sizeof(WrappedFile)) + real_->szOsFile;
        vfs_.xOpen = [](sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                        int* out_flags) {
            auto* self = static_cast<FaultyFileSystem*>(vfs->pAppData);
            return self->open_database_file(path, wrapped(file), flags, out_flags);
        };
        vfs_.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync) {
            auto* self = static_cast<FaultyFileSystem*>(vfs->pAppData);
            if (self->next_fault() != 0) {
                return SQLITE_IOERR_DELETE;
            }
            {
                const std::lock_guard lock(self->mutex_);
                self->database_undo_.erase(path);
            }
            return self->real_->xDelete(self->real_, path, sync);
        };
        sqlite3_vfs_register(&vfs_, 0);
    }

    int open_database_file(const char* path, WrappedFile* file, int flags, int* out_flags) {
        file->base.pMethods = nullptr;
        file->system = this;
        file->path = path;
        const int code = real_->xOpen(real_, path, file->real(), flags, out_flags);
        if (code != SQLITE_OK) {
            return code;
        }
        file->base.pMethods = &methods();
        return SQLITE_OK;
    }

    /// Passes everything on, but for what changes the disk.
    static const sqlite3_io_methods& methods() {
        static const sqlite3_io_methods all = [] {
            sqlite3_io_methods m{};
            m.iVersion = 2;  // without memory mapping
            m.xClose = [](sqlite3_file* f) {
                return wrapped(f)->real()->pMethods->xClose(wrapped(f)->real());
            };
            m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
                return wrapped(f)->real()->pMethods->xRead(wrapped(f)->real(), to, size, at);
            };
            m.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
                WrappedFile& file = *wrapped(f);
                if (file.system->next_fault() != 0) {
                    return SQLITE_FULL;
                }
                file.system->remember(file, static_cast<std::uint64_t>(at),
                                      static_cast<std::size_t>(size));
                return file.real()->pMethods->xWrite(file.real(), from, size, at);
            };
            m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
                if (wrapped(f)->system->next_fault() != 0) {
                    return SQLITE_IOERR_TRUNCATE;
                }
                return wrapped(f)->real()->pMethods->xTruncate(wrapped(f)->real(), size);
            };
            m.xSync = [](sqlite3_file* f, int flags) {
                WrappedFile& file = *wrapped(f);
                if (file.system->next_fault() != 0) {
                    return SQLITE_IOERR_FSYNC;
                }
                const int code = file.real()->pMethods->xSync(file.real(), flags);
                const std::lock_guard lock(file.system->mutex_);
                file.system->database_undo_.erase(file.path);
                return code;
            };
            m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
                return wrapped(f)->real()->pMethods->xFileSize(wrapped(f)->real(), size);
            };
            m.xLock = [](sqlite3_file* f, int level) {
                return wrapped(f)->real()->pMethods->xLock(wrapped(f)->real(), level);
            };
            m.xUnlock = [](sqlite3_file* f, int level) {
                return wrapped(f)->real()->pMethods->xUnlock(wrapped(f)->real(), level);
            };
            m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
                return wrapped(f)->real()->pMethods->xCheckReservedLock(wrapped(f)->real(), out);
            };
            m.xFileControl = [](sqlite3_file* f, int operation, void* argument) {
                return wrapped(f)->real()->pMethods->xFileControl(wrapped(f)->real(), operation,
                                                                  argument);
            };
            m.xSectorSize = [](sqlite3_file* f) {
                return wrapped(f)->real()->pMethods->xSectorSize(wrapped(f)->real());
            };
            m.xDeviceCharacteristics = [](sqlite3_file* f) {
                return wrapped(f)->real()->pMethods->xDeviceCharacteristics(wrapped(f)->real());
            };
            m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
                return wrapped(f)->real()->pMethods->xShmMap(wrapped(f)->real(), page, size, extend,
                                                             out);
            };
            m.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) {
                return wrapped(f)->real()->pMethods->xShmLock(wrapped(f)->real(), offset, n, flags);
            };
            m.xShmBarrier = [](sqlite3_file* f) {
                wrapped(f)->real()->pMethods->xShmBarrier(wrapped(f)->real());
            };
            m.xShmUnmap = [](sqlite3_file* f, int remove_it) {
                return wrapped(f)->real()->pMethods->xShmUnmap(wrapped(f)->real(), remove_it);
            };
            return m;
        }();
        return all;
    }

    std::string name_;
    sqlite3_vfs vfs_{};
    sqlite3_vfs* real_ = nullptr;

    std::mutex mutex_;
    int countdown_ = 0;
    int error_number_ = 0;
    bool stays_ = false;
    bool dead_ = false;
    std::atomic<bool> tripped_ = false;
    std::atomic<std::size_t> write_max_ = SIZE_MAX;
    std::map<int, std::string> open_;
    std::set<std::string> unsynced_content_;
    std::set<std::string> unsynced_names_;
    std::map<std::string, Undo> database_undo_;
};

}  // namespace slipway::test
