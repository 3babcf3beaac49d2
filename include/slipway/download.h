// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/export.h"
#include "slipway/result.h"
#include "slipway/s3.h"
#include "slipway/transfer.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace slipway {

/// What is to be brought from S3 and where to. Each default is what `slipway get` does.
struct DownloadRequest {
    /// Objects; a key that is empty or ends with '/' stands for all that is below it, and with
    /// `recursive` each does.
    std::vector<S3Uri> sources;
    bool recursive = false;
    /// What is below a single prefix goes right below this directory; of several sources each
    /// prefix keeps its last name there. A single object becomes this file, unless it is a
    /// directory or ends with '/'. "-": the one object goes to standard output.
    std::string target;
    /// Of what is below a prefix, by its path from there; of an object that is named itself, by its
    /// last name.
    std::vector<PathRule> rules;

    /// Takes the ETag of a plain PUT for its MD5 where there is no checksum, as S3 has it.
    bool verify_etag = true;
    /// What is there already with the same size and bytes is skipped; where the store says nothing
    /// that proves the bytes, it is brought again.
    bool if_changed = false;

    unsigned max_workers = 0;  ///< a ceiling for requests at a time; 0: finds itself
    /// While requests fail: how long nothing may have come before the run gives up.
    std::chrono::seconds no_progress_time_max{30};

    bool dry_run = false;  ///< only tell what would be brought
};

using DownloadEvent = TransferEvent;
using DownloadProgress = TransferProgress;

/// Many objects on their way from S3 to the disk.
///
/// Large ones come in parts, several at once, all of one version. Each object comes into a
/// temporary file and takes its name when it is whole and its bytes are the ones the store says;
/// until then what was there stays, and what fails leaves nothing. Nothing is written outside the
/// target, whatever keys say: those that are no paths below it fail.
///
/// Threads: any for all calls; `on_event` is called on a thread of the S3's own, one call at a
/// time, and must be quick: everything waits for it.
class SLIPWAY_API Download {
  public:
    /// Errors: invalid_argument naming the field; already_exists: two sources have one name, and
    /// would go to one place; io: the target cannot be opened or made.
    static Result<std::unique_ptr<Download>> start(
        S3& s3, DownloadRequest request, std::function<void(const DownloadEvent&)> on_event = {});
    /// Cancels and waits.
    ~Download();
    Download(const Download&) = delete;
    Download& operator=(const Download&) = delete;

    /// Whether it has ended, after waiting for that as long as said.
    bool wait_for(std::chrono::milliseconds time);
    /// What is not whole ends as cancelled, and leaves nothing.
    void cancel();
    DownloadProgress progress() const;

    /// Waits for the end. An error is one of the whole run (no such bucket, no keys, nothing below
    /// a prefix); objects that failed are counted in the progress.
    Result<DownloadProgress> wait();

  private:
    struct State;
    explicit Download(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace slipway
