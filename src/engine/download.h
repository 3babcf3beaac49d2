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
    unsigned objects_max = limits::download_objects_max;  ///< at once
    bool trust_etag = true;                               ///< see ContentCheck
    /// Where an object goes. Its error is that object's. `path` is for reports.
    struct Place {
        std::string path;
        std::shared_ptr<ByteSink> sink;
    };
    std::function<Result<Place>(const FoundObject& found)> place;
    // What is told, on the I/O thread of run(); each may be empty.
    std::function<void(const FoundObject& found)> found;
    /// It is so much larger, or smaller, than it was when it was found.
    std::function<void(std::int64_t bytes)> resized;
    std::function<void(Slot slot, const FileReport& so_far)> begun;
    std::function<void(Slot slot, std::int64_t bytes)> received;
    std::function<void(Slot slot, const FileReport& so_far)> retried;  ///< its `error` says why
    std::function<void(FileReport)> ended;                             ///< once for each object
    std::function<double()> random;  ///< in [0, 1); tests replace it
};

/// Brings many objects of a store to where they belong, some at once.
///
/// One I/O thread: that of the coroutine which awaits run().
class Download {
  public:
    /// `store` should send each request once. All references outlive this.
    Download(objects::ObjectStore& store, DiskThreads& disk, DownloadOptions options);
    ~Download();
    Download(const Download&) = delete;
    Download& operator=(const Download&) = delete;

    /// Ends when every object of the feed has been reported. Once. Errors: those of the feed.
    Task<> run(ObjectFeed& feed);

    /// What is under way is broken off and ends as cancelled; the feed is asked no more. On the
    /// thread of run(), which itself is not to be cancelled.
    void cancel();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace slipway::engine
