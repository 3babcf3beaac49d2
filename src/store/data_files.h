// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/file_system.h"
#include "task/body.h"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace slipway::store {

class DataFiles;

/// A file under construction: no row of the index refers to it yet, and it is removed when dropped
/// unless kept. Used by one thread at a time; blocks.
class DataFile {
  public:
    ~DataFile();
    DataFile(const DataFile&) = delete;
    DataFile& operator=(const DataFile&) = delete;

    const std::string& id() const { return id_; }
    std::uint64_t size() const { return size_; }

    Result<> append(std::span<const std::byte> bytes);
    /// Content and name survive a power cut afterwards. Ends the writing.
    Result<> sync();

    /// A durable row refers to it now.
    void keep() { fate_ = Fate::keep; }
    /// Nobody knows whether a durable row refers to it: the janitor's scan has to find out.
    void leave_to_scan() { fate_ = Fate::leave_to_scan; }

  private:
    friend class DataFiles;
    enum class Fate { discard, keep, leave_to_scan };

    DataFile(DataFiles& files, std::string id) : files_(files), id_(std::move(id)) {}

    DataFiles& files_;
    const std::string id_;
    int fd_ = -1;
    std::uint64_t size_ = 0;
    Fate fate_ = Fate::discard;
};

/// The files of objects too large for the index: `objects/<2 hex>/<30 hex>`, each written once
/// under its final, random name and never changed. The 32 digits are the id that the index refers
/// to.
///
/// Knows which files are under construction, so that the janitor leaves them alone, and which are
/// garbage. Any thread; what touches the disk blocks.
class DataFiles {
  public:
    /// `directory` is the store's. Makes `objects` in it.
    static Result<std::unique_ptr<DataFiles>> open(FileSystem& system, std::string directory);

    Result<std::unique_ptr<DataFile>> create();
    /// The same content under a new id, its content durable as the original's is: a second name
    /// where the file system has them, as files never change; else, or when the original was
    /// removed meanwhile, a copy of what is `open`. Needs sync().
    Result<std::unique_ptr<DataFile>> clone(std::string_view id,
                                            const OpenFile& open,
                                            std::uint64_t size);
    Result<std::shared_ptr<OpenFile>> open_to_read(std::string_view id);

    /// Hands a file that no row refers to to whoever waits in wait_for_garbage().
    void discard(std::string id);
    Result<> remove(std::string_view id);

    /// Ends the wait below: there is something else for the janitor to do.
    void wake_janitor();
    /// Waits until there is garbage, wake_janitor(), `until`, or stop_waiting(); false for the
    /// last.
    bool wait_for_garbage(std::chrono::steady_clock::time_point until);
    void stop_waiting();
    bool stopping() const;
    std::vector<std::string> take_garbage();

    /// Ids of the files in one of the directories_max directories.
    Result<std::vector<std::string>> list(unsigned directory);
    bool under_construction(const std::string& id) const;
    /// Whether files were left to a scan since the last call.
    bool take_scan_wanted() { return scan_wanted_.exchange(false); }

    static constexpr unsigned directories_max = 256;
    /// In the store's directory: "objects/3f/...".
    static std::string name_of(std::string_view id);
    FileSystem& system() { return system_; }

  private:
    friend class DataFile;

    /// One fsync for all who ask while another one runs.
    struct SharedSync {
        std::mutex mutex;
        std::condition_variable changed;
        std::uint64_t begun = 0;
        std::uint64_t ended = 0;
        bool running = false;
        Result<> outcome;
    };

    DataFiles(FileSystem& system, std::string directory);
    std::string directory_path(unsigned directory) const;
    std::string path(std::string_view id) const;
    Result<std::string> new_id();
    Result<> prepare_directory(unsigned directory);
    Result<> sync_name(std::string_view id);
    Result<> copy_bytes(const OpenFile& from, std::uint64_t size, DataFile& to);
    void release(const std::string& id);

    FileSystem& system_;
    const std::string root_;  // .../objects
    const unsigned first_directory_;
    std::atomic<std::uint64_t> created_ = 0;
    std::atomic<bool> scan_wanted_ = false;
    std::array<SharedSync, directories_max> syncs_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::array<bool, directories_max> prepared_{};
    std::unordered_set<std::string> under_construction_;
    std::vector<std::string> garbage_;
    bool woken_ = false;
    bool stopping_ = false;
};

}  // namespace slipway::store
