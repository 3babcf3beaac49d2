// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/export.h"
#include "slipway/result.h"
#include "slipway/s3.h"
#include "slipway/transfer.h"
#include "slipway/upload_item.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace slipway {

/// What is to be stored and how. Each default is what `slipway put` does.
struct UploadRequest {
    /// Files and directories. The contents of a single directory go below the prefix; of several
    /// each keeps its name. A single file goes to the prefix itself unless that ends with '/'.
    std::vector<std::string> sources;
    /// Besides: a file with one path a line, or apart by NULs; "-" is standard input.
    std::string from_file;
    /// Besides: objects that the program brings, from memory or by functions; each_of() for a list.
    /// Called until it says that there are no more, one call at a time, as there is room for
    /// objects: memory is flat however many they are. It may wait, on a thread that the upload has
    /// for this; what is known already goes on meanwhile. `rules` are not for these.
    NextItem next_item;
    S3Uri target;

    std::vector<PathRule> rules;
    bool follow_symlinks = true;  ///< off: symbolic links are left out

    /// content_type empty: guessed by name and first bytes.
    ObjectHeaders headers;
    std::string checksum = "crc64nvme";  ///< or crc32c, crc32, sha1, sha256
    bool if_absent = false;              ///< what is there already stays
    bool if_changed = false;             ///< what is there with the same size and bytes is skipped

    /// Where uploads in parts are written down while they are open, so that those of a run that was
    /// killed can be gone on with, or aborted once their file is in the store. Empty: nowhere, and
    /// what is open when this run is cancelled is aborted.
    std::string journal_dir;
    /// Goes on with what an earlier run of the same journal_dir, store and bucket left: parts that
    /// the store has with the same bytes are not sent again. Includes if_changed.
    bool resume = false;

    unsigned max_workers = 0;            ///< a ceiling for requests at a time; 0: finds itself
    std::uint64_t bytes_per_second = 0;  ///< no more than this, 8 KiB at least; 0: no limit
    std::uint64_t part_bytes = 0;        ///< 0: 8 MiB, more for objects over 78 GiB
    /// While requests fail: how long nothing may have got through before the run gives up.
    std::chrono::seconds no_progress_time_max{30};

    bool dry_run = false;  ///< only tell what would be sent

    /// Asked once a stream has ended, before it becomes an object: whether the program was told to
    /// stop and has not come to cancel() yet. A Ctrl+C also ends who writes into standard input,
    /// and half of what that wanted to say must not replace the object there. May be empty. Any
    /// thread.
    std::function<bool()> interrupted;
};

/// What `slipway put` takes for journal_dir: $XDG_STATE_HOME/slipway/uploads, else
/// ~/.local/state/slipway/uploads. Errors: invalid_argument when neither variable is set.
Result<std::string> default_journal_dir();

using UploadEvent = TransferEvent;
using UploadProgress = TransferProgress;

/// Many files and objects on their way into S3.
///
/// Each is sent with its checksum, whole or in parts, and again when it fails for a reason that
/// passes; how many at a time finds itself. A file that is written to or replaced meanwhile fails
/// and is not stored as a mixture.
/// Threads: any for all calls; `on_event` is called on a thread of the S3's own, one call at a
/// time, and must be quick: everything waits for it. It may cancel(), but not wait().
/// Memory: at most 48 MiB of bytes on their way, 16 MiB for each stream beside them (4 at a time),
/// and some 1,000 files that are known and not begun, however many there are.
class SLIPWAY_API Upload {
  public:
    /// Begins, and answers at once. `s3` outlives the upload.
    /// Errors: invalid_argument naming the field; not_found, permission_denied, io: `from_file`
    /// cannot be opened.
    static Result<std::unique_ptr<Upload>> start(
        S3& s3, UploadRequest request, std::function<void(const UploadEvent&)> on_event = {});
    /// Cancels and waits.
    ~Upload();
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;

    /// Whether it has ended, after waiting for that as long as said: to draw progress between.
    bool wait_for(std::chrono::milliseconds time);
    /// What is not stored ends as cancelled; uploads in parts are aborted, or with a journal kept.
    /// Does not wait, and may be called again. Not from a signal handler: set a flag there, as
    /// examples/ do.
    void cancel();
    /// As of now. Cost: a lock and at most 256 files looked at; 10 times a second is fine.
    UploadProgress progress() const;

    /// Waits for the end; after it nothing of the program's is called any more. May be called
    /// again. An error is one of the whole run (no keys, reading the file list,
    /// next_item); files that failed are counted in the progress.
    Result<UploadProgress> wait();

  private:
    struct State;
    explicit Upload(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace slipway
