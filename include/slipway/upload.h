// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"
#include "slipway/s3.h"
#include "slipway/transfer.h"

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
};

/// What `slipway put` takes for journal_dir: $XDG_STATE_HOME/slipway/uploads, else
/// ~/.local/state/slipway/uploads. Errors: invalid_argument when neither variable is set.
Result<std::string> default_journal_dir();

using UploadEvent = TransferEvent;
using UploadProgress = TransferProgress;

/// Many files on their way into S3.
///
/// Threads: any for all calls; `on_event` is called on a thread of the S3's own, one call at a
/// time, and must be quick: everything waits for it.
class Upload {
  public:
    /// Errors: invalid_argument naming the field.
    static Result<std::unique_ptr<Upload>> start(
        S3& s3, UploadRequest request, std::function<void(const UploadEvent&)> on_event = {});
    /// Cancels and waits.
    ~Upload();
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;

    /// Whether it has ended, after waiting for that as long as said.
    bool wait_for(std::chrono::milliseconds time);
    /// What is not stored ends as cancelled; uploads in parts are aborted, or with a journal kept.
    void cancel();
    UploadProgress progress() const;

    /// Waits for the end. An error is one of the whole run (no file list, no keys); files that
    /// failed are counted in the progress.
    Result<UploadProgress> wait();

  private:
    struct State;
    explicit Upload(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace slipway
