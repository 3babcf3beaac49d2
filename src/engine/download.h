// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/object_feed.h"
#include "engine/target_file.h"
#include "engine/transfer.h"
#include "task/disk_threads.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace slipway::engine {

struct DownloadOptions {
    DownloadOptions();

    /// memory_bytes is none of a download's: what comes is written as it comes.
    SchedulerOptions scheduler;
    bool trust_etag = true;   ///< see ContentCheck
    bool if_changed = false;  ///< what is there with the same size and bytes is left (is_there)
    /// Where an object goes. Its error is that object's. `path` is for reports.
    struct Place {
        std::string path;
        std::shared_ptr<TargetFile> file;
    };
    std::function<Result<Place>(const FoundObject& found)> place;
    // What is told, on the I/O thread of run(); each may be empty.
    std::function<void(const FoundObject& found)> found;
    /// It is so much larger, or smaller, than it was when it was found.
    std::function<void(std::int64_t bytes)> resized;
    std::function<void(Slot slot, const FileReport& so_far)> begun;
    std::function<void(Slot slot, std::int64_t bytes)> received;
    std::function<void(Slot slot, const FileReport& so_far)> retried;  ///< its `error` says why
    /// Once for each object: it was left where it is, or has ended.
    std::function<void(const FileReport& there)> present;
    std::function<void(FileReport)> ended;
    std::function<double()> random;  ///< in [0, 1); tests replace it
    /// nullptr: the machine's time. Outlives the download.
    Timeline* timeline = nullptr;
};

/// Brings many objects of a store into files at once: carries out what a Scheduler decides, as a
/// Transfer does in the other direction (ObjectRequests says what its steps are here). So the
/// number of requests finds itself, large objects come in parts beside small ones, and a run that
/// nothing comes of ends.
///
/// One I/O thread: that of the coroutine which awaits run().
class Download {
  public:
    /// `store` should send each request once. All references outlive this.
    Download(objects::ObjectStore& store, DiskThreads& disk, DownloadOptions options);
    ~Download();
    Download(const Download&) = delete;
    Download& operator=(const Download&) = delete;

    /// The store asked as patiently as a download looks at objects: for the listings of its feed.
    objects::ObjectStore& patient_store();

    /// Ends when every object of the feed has been reported. Once. Errors: those of the feed;
    /// objects found before it ended are brought all the same.
    Task<> run(ObjectFeed& feed);

    /// What is under way is broken off and ends as cancelled; the feed is asked no more. On the
    /// thread of run(), which itself is not to be cancelled.
    void cancel();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace slipway::engine
