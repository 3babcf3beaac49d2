// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/transfer.h"
#include "task/disk_threads.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <variant>
#include <vector>

namespace slipway::engine {

/// A path that no file came of, and why.
///
/// Errors: unsupported `NotAFile` (a socket, fifo, device; in a list also a directory), and
/// invalid_argument `NotAFile` where it is a root itself;
/// permission_denied; not_found (also what vanished while it was looked at); io;
/// invalid_argument `SymlinkLoop`, `KeyTooLongError`, `InvalidArgument` (a name that is not UTF-8),
/// too_large `TooDeep`; already_exists (another file has the key).
struct PassedOver {
    std::string path;  ///< its bytes as they are; the message has it as one can read it
    Error error;
};

/// What feeds of files on disk have in common.
struct DiskFeedOptions {
    /// Of each file. Its content type is guessed (content_type.h) where this has none ...
    objects::ObjectAttributes attributes;
    /// ... unless it is not to be.
    bool guess_content_type = true;
    objects::Conditions conditions;
    /// Called on the I/O thread of next(); may be empty.
    std::function<void(PassedOver)> passed_over;
};

/// A feed of files on disk: they are looked for on disk threads, limits::feed_batch_entries paths
/// at a time, so that a file costs its stat and not a hop between threads.
///
/// A file whose name tells no content type costs the reading of its first 64 bytes as well (open,
/// pread, close: some 4 us where the directory is cached, on a cold disk a seek). That a file may
/// not be read is otherwise found when it is read, and then is that file's outcome.
class DiskFeed : public Feed {
  public:
    Task<std::optional<NewFile>> next() final;

    /// There are no more files, as of now: the feed ends without having looked at all. Any thread.
    void stop() { stopped_ = true; }

  protected:
    enum class Look : std::uint8_t {
        more,  ///< there may be more: look on
        idle,  ///< nothing now, ask again in a moment
        over,
    };

    /// A file's name in an open directory; or a path and AT_FDCWD.
    struct Place {
        int directory = 0;
        const char* name = nullptr;
    };

    DiskFeed(DiskFeedOptions options, DiskThreads& disk);

    /// Looks at one path more, on a disk thread: calls found() or pass_over() or neither.
    /// An error ends the feed.
    virtual Result<Look> look() = 0;

    void found(std::string path, std::string key, const struct stat& status, const Place& place);
    void pass_over(std::string_view path, Error error);
    /// Of a system call: "cannot <attempt> <path>: <why>".
    void pass_over(std::string_view path, const char* attempt, int error);
    /// For what is neither file nor directory.
    void pass_over_special(std::string_view path, const struct stat& status);
    /// The same where it was named itself: then it was meant.
    void refuse_special(std::string_view path, const struct stat& status);

  private:
    struct FoundFile {
        std::string path;
        std::string key;
        struct stat status {};
        std::string_view content_type;
    };

    Look look_on();
    std::string_view content_type(const FoundFile& file, const Place& place) const;
    NewFile new_file(FoundFile& file) const;

    const DiskFeedOptions options_;
    DiskThreads& disk_;
    std::atomic<bool> stopped_ = false;
    std::vector<std::variant<FoundFile, PassedOver>> batch_;
    std::size_t next_ = 0;
    bool over_ = false;
    std::optional<Error> failure_;
};

/// A system call's error as one of ours.
ErrorKind kind_of_errno(int error);

}  // namespace slipway::engine
