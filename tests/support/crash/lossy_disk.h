// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/file_system.h"
#include "support/crash/lossy_tree.h"
#include "support/crash/watched_vfs.h"
#include "support/sim/dice.h"

#include <cerrno>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace slipway::test {

/// A disk below a store, its files and its database, whose power can be cut at any call. It keeps
/// to what POSIX promises and to nothing more (README.md).
///
/// The store works on real files in `root`; what a power cut would leave of them is kept beside.
/// Nothing is ever synced for real. Any thread.
class LossyDisk final : public store::FileSystem, private DatabaseWatcher {
  public:
    /// What is in `root` is certain. All chance comes from `seed`.
    LossyDisk(std::filesystem::path root, std::uint64_t seed)
        : root_(std::move(root)),
          dice_(seed),
          tree_(std::make_shared<LossyDirectory>(root_)),
          vfs_(*this) {}

    /// The power goes in the `call`-th call from now that would change the disk: that one may have
    /// been carried out in part, all later ones fail. 0: never.
    void cut_power_at(std::uint64_t call) {
        const std::lock_guard lock(mutex_);
        dies_at_ = call == 0 ? 0 : calls_ + call;
    }
    /// The `call`-th call from now fails with `error_number` and all later ones work.
    void fail_at(std::uint64_t call, int error_number) {
        const std::lock_guard lock(mutex_);
        faults_[calls_ + call] = error_number;
    }
    bool dead() const {
        const std::lock_guard lock(mutex_);
        return dead_;
    }
    /// Whether a call has failed that fail_at() named.
    bool tripped() const {
        const std::lock_guard lock(mutex_);
        return tripped_;
    }
    std::uint64_t calls() const {
        const std::lock_guard lock(mutex_);
        return calls_;
    }

    /// To be called when nothing below `root` is open any more: makes the real files what the cut
    /// has left. This disk is of no use afterwards.
    void lose_power() {
        const std::lock_guard lock(mutex_);
        std::filesystem::remove_all(root_);
        std::filesystem::create_directory(root_);
        tree_->write_what_is_left(root_, dice_);
        // Nobody ever syncs the shared memory of the log: it may hold anything.
        if (dice_.happens(0.5)) {
            std::ofstream(root_ / "index.db-shm", std::ios::binary)
                << std::string(32768, static_cast<char>(dice_.below(256)));
        }
    }

    // A store that forgets to sync, for tests of this disk: the call succeeds, and nothing is
    // certain.
    bool skips_data_sync = false;
    bool skips_directory_sync = false;
    bool skips_database_sync = false;

    Result<int> create(const std::string& path) override {
        const std::lock_guard lock(mutex_);
        SLIPWAY_CHECK(call("create", path, [&] { add(path, {new_file(), nullptr}); }));
        SLIPWAY_TRY(fd, FileSystem::create(path));
        open_[fd] = add(path, {new_file(), nullptr});
        return fd;
    }
    /// Whatever holds room holds nothing else: no room is taken for it here.
    Result<> allocate(int, std::uint64_t) override {
        const std::lock_guard lock(mutex_);
        return call("allocate", "room", [] {});
    }
    void close(int fd) override {
        const std::lock_guard lock(mutex_);
        open_.erase(fd);
        FileSystem::close(fd);
    }
    Result<> sync_data(int fd) override {
        const std::lock_guard lock(mutex_);
        LossyFile& file = *open_.at(fd);
        const Result<> done = call("sync", "a file", [] {});
        if (!done && !dead_) {
            file.fail_sync(dice_);
        }
        if (done && !skips_data_sync) {
            file.sync();
        }
        return done;
    }
    Result<> sync_directory(const std::string& path) override {
        const std::lock_guard lock(mutex_);
        SLIPWAY_CHECK(call("sync", path, [] {}));
        if (!skips_directory_sync) {
            directory(path).sync();
        }
        return {};
    }
    Result<> make_directory(const std::string& path) override {
        const std::lock_guard lock(mutex_);
        const auto make = [&] {
            if (find(path) == nullptr) {
                add(path, {nullptr, std::make_shared<LossyDirectory>()});
            }
        };
        SLIPWAY_CHECK(call("make", path, make));
        SLIPWAY_CHECK(FileSystem::make_directory(path));
        make();
        return {};
    }
    Result<> link(const std::string& from, const std::string& to) override {
        const std::lock_guard lock(mutex_);
        SLIPWAY_CHECK(call("link", to, [&] { relink(from, to); }));
        if (no_links) {
            return fail(ErrorKind::unsupported, "no links here");
        }
        SLIPWAY_CHECK(FileSystem::link(from, to));
        relink(from, to);
        return {};
    }
    Result<> remove(const std::string& path) override {
        const std::lock_guard lock(mutex_);
        const auto forget = [&] { directory(parent(path)).remove(name(path)); };
        SLIPWAY_CHECK(call("remove", path, forget));
        SLIPWAY_CHECK(FileSystem::remove(path));
        forget();
        return {};
    }
    const char* sqlite_vfs() const override { return vfs_.name(); }

    /// A file system without hard links.
    bool no_links = false;

  protected:
    ssize_t write_some(int fd, const void* bytes, std::size_t size, std::uint64_t at) override {
        const std::lock_guard lock(mutex_);
        const std::string_view text(static_cast<const char*>(bytes), size);
        const auto write = [&] { open_.at(fd)->write(at, text); };
        if (const int error_number = next_fault(write); error_number != 0) {
            errno = error_number;
            return -1;
        }
        write();
        return FileSystem::write_some(fd, bytes, size, at);
    }

  private:
    // What SQLite is about to do; a file without a path is one for itself, soon gone.
    int before_open(const std::string& path, int flags) override {
        const std::lock_guard lock(mutex_);
        const auto make = [&] {
            if (find(path) == nullptr) {
                add(path, {new_file(), nullptr});
            }
        };
        if ((flags & SQLITE_OPEN_CREATE) == 0 || path.empty()) {
            return SQLITE_OK;
        }
        if (next_fault(make) != 0) {
            return SQLITE_CANTOPEN;
        }
        make();
        return SQLITE_OK;
    }
    int before_remove(const std::string& path, bool sync_directory) override {
        const std::lock_guard lock(mutex_);
        const auto forget = [&] { directory(parent(path)).remove(name(path)); };
        if (next_fault(forget) != 0) {
            return SQLITE_IOERR_DELETE;
        }
        forget();
        if (sync_directory) {
            directory(parent(path)).sync();
        }
        return SQLITE_OK;
    }
    int before_write(const std::string& path, std::uint64_t at, std::string_view bytes) override {
        const std::lock_guard lock(mutex_);
        const auto write = [&] { database_file(path).write(at, bytes); };
        if (const int error_number = next_fault(write); error_number != 0) {
            return error_number == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
        }
        write();
        return SQLITE_OK;
    }
    int before_truncate(const std::string& path, std::uint64_t size) override {
        const std::lock_guard lock(mutex_);
        const auto truncate = [&] { database_file(path).truncate(size); };
        if (next_fault(truncate) != 0) {
            return SQLITE_IOERR_TRUNCATE;
        }
        truncate();
        return SQLITE_OK;
    }
    int before_sync(const std::string& path, bool with_name) override {
        const std::lock_guard lock(mutex_);
        if (next_fault([] {}) != 0) {
            // What was written stays uncertain. Linux would drop it and tell everybody who has the
            // file open; told to one alone, as here, that would blame SQLite for our model.
            return SQLITE_IOERR_FSYNC;
        }
        if (!skips_database_sync) {
            database_file(path).sync();
            if (with_name && !path.empty()) {
                directory(parent(path)).sync();
            }
        }
        return SQLITE_OK;
    }

    /// errno of the fault that is due now, or 0. In the call in which the power goes `change` may
    /// have reached the disk.
    template <class Change>
    int next_fault(Change change) {
        ++calls_;
        if (dead_) {
            return EIO;
        }
        if (calls_ == dies_at_) {
            dead_ = true;
            if (dice_.happens(0.5)) {
                change();
            }
            return EIO;
        }
        const auto fault = faults_.find(calls_);
        tripped_ = tripped_ || fault != faults_.end();
        return fault == faults_.end() ? 0 : fault->second;
    }
    template <class Change>
    Result<> call(const char* verb, const std::string& path, Change change) {
        if (const int error_number = next_fault(change); error_number != 0) {
            return fail(
                store::system_error(std::string("cannot ") + verb + " " + path, error_number));
        }
        return {};
    }

    static std::shared_ptr<LossyFile> new_file() { return std::make_shared<LossyFile>(); }
    static std::string parent(const std::string& path) {
        return std::filesystem::path(path).parent_path();
    }
    static std::string name(const std::string& path) {
        return std::filesystem::path(path).filename();
    }
    /// One that is lost, as a store may ask for that did not sync, is empty and forgets.
    LossyDirectory& directory(const std::string& path) {
        LossyDirectory* found = tree_.get();
        const std::string below = std::filesystem::path(path).lexically_relative(root_);
        for (const std::filesystem::path& step : std::filesystem::path(below)) {
            if (step != ".") {
                const auto* node = found->find(step);
                if (node == nullptr || node->directory == nullptr) {
                    return lost_ = LossyDirectory();
                }
                found = node->directory.get();
            }
        }
        return *found;
    }
    const LossyDirectory::Node* find(const std::string& path) {
        return directory(parent(path)).find(name(path));
    }
    std::shared_ptr<LossyFile> add(const std::string& path, LossyDirectory::Node node) {
        auto file = node.file;
        directory(parent(path)).add(name(path), std::move(node));
        return file;
    }
    void relink(const std::string& from, const std::string& to) {
        if (const auto* node = find(from)) {
            add(to, *node);
        }
    }
    LossyFile& database_file(const std::string& path) {
        return path.empty() ? scratch_ : *find(path)->file;
    }

    const std::filesystem::path root_;
    mutable std::mutex mutex_;
    Dice dice_;
    std::uint64_t calls_ = 0;
    std::uint64_t dies_at_ = 0;
    std::map<std::uint64_t, int> faults_;
    bool dead_ = false;
    bool tripped_ = false;
    const std::shared_ptr<LossyDirectory> tree_;
    LossyDirectory lost_;
    LossyFile scratch_;
    std::map<int, std::shared_ptr<LossyFile>> open_;  // shared with the tree
    WatchedVfs vfs_;
};

}  // namespace slipway::test
