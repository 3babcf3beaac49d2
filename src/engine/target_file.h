// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"
#include "objects/object_store.h"
#include "task/body.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace slipway::engine {

/// Blocks. `path` is for the error.
Result<> write_all(int fd, std::span<const std::byte> bytes, std::string_view path);

/// A directory that files are made below and never outside of: its path is followed once, and from
/// there on no symbolic link is, nor "..".
class TargetDirectory {
  public:
    /// Makes a file without a name in that folder: its descriptor, or -1 and errno.
    using MakeUnnamed = std::function<int(int folder)>;

    /// As close(2).
    using Close = std::function<int(int fd)>;

    /// Made where it is not there, with what leads to it. Blocks. Tests replace the functions.
    static Result<std::shared_ptr<TargetDirectory>> open(const std::string& path,
                                                         MakeUnnamed make_unnamed = {},
                                                         Close close = {});

    /// The folder that holds `path`, made if it is not there. `path` has passed
    /// check_object_path(). Blocks.
    Result<std::shared_ptr<OpenFile>> open_folder_of(std::string_view path) const;

    /// The regular file at `path`, to be read, if it has that size; else nothing. Blocks.
    std::shared_ptr<OpenFile> open_file(std::string_view path, std::uint64_t size) const;

    /// A new file to write and read, without a name where the file system can; else it has one in
    /// the folder, `name`. Blocks. Errors: as errno.
    struct NewFile {
        int fd = -1;
        std::string name;
    };
    NewFile make_file(const OpenFile& folder) const;

    /// Hands what was written to where the file system keeps it, which may be at a server: there a
    /// full disk shows only now. Not to the disk itself: that would be a wait for each file.
    /// Blocks. Whether it went well, or errno.
    bool hand_over(int fd) const;

  private:
    explicit TargetDirectory(std::shared_ptr<OpenFile> directory,
                             MakeUnnamed make_unnamed,
                             Close close)
        : directory_(std::move(directory)),
          make_unnamed_(std::move(make_unnamed)),
          close_(std::move(close)) {}
    std::shared_ptr<OpenFile> directory_;
    const MakeUnnamed make_unnamed_;
    const Close close_;
};

/// A file that has its name only when it is whole; until then what was there stays. One that is
/// dropped before finish() leaves nothing. All calls block: they are for disk threads.
class TargetFile {
  public:
    /// `path` has passed check_object_path(). Nothing is made before open().
    TargetFile(std::shared_ptr<const TargetDirectory> directory, std::string path);
    ~TargetFile();
    TargetFile(const TargetFile&) = delete;
    TargetFile& operator=(const TargetFile&) = delete;

    /// Before anything is written. May be called again.
    Result<> open();
    /// Any number of threads at once, once it is open.
    Result<> write_at(std::uint64_t offset, std::span<const std::byte> bytes);
    /// Reads what has been written, from the first byte to the last.
    Result<> read_through(const std::function<void(std::span<const std::byte>)>& see) const;
    /// All bytes are there and are the right ones: gives it its name.
    Result<> finish(Time last_modified);

    /// Whether its name stands for a file of that size already, whose bytes the store has as well,
    /// as far as it says: where it tells nothing that proves them, no.
    bool is_there(const objects::ObjectInfo& info, bool trust_etag) const;
    bool has_size(std::uint64_t size) const {
        return directory_->open_file(path_, size) != nullptr;
    }

  private:
    Result<> check_free_name() const;
    Result<> take_name();

    const std::shared_ptr<const TargetDirectory> directory_;  // of all files of a download
    const std::string path_;
    const std::string name_;  // its last part
    std::shared_ptr<OpenFile> folder_;
    std::unique_ptr<OpenFile> file_;
    std::string temporary_name_;  // in the folder; empty: the file has no name yet
};

}  // namespace slipway::engine
