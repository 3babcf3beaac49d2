// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/upload.h"

#include "api/item_feed.h"
#include "api/stream_uploads.h"
#include "engine/disk_feed.h"
#include "objects/object_store.h"
#include "task/chunk_pool.h"

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace slipway::api {

/// What an upload is asked for: the files of its sources, those of its list, what the program
/// brings. Streams go their own way.
class UploadFeed final : public engine::Feed {
  public:
    struct Told {
        std::function<void(std::uint64_t bytes)> found;
        /// `failed`: it was asked for and will not be there. Else it was none of our business.
        std::function<void(const engine::FileReport& file, bool failed)> left_out;
        /// Instead of sending it: it is there already.
        std::function<void(const engine::FileReport& file)> present;
        /// Instead of sending it, in a dry run.
        std::function<void(const engine::FileReport& file)> would_send;
    };

    /// Where files may be already, which `if_changed` and `if_absent` ask; and who takes the
    /// streams.
    struct Target {
        objects::ObjectStore& store;
        ChunkPool& pool;
        std::string bucket;
        StreamUploads& streams;
    };

    struct Threads {
        DiskThreads& disk;
        DiskThreads* callbacks = nullptr;  ///< for what the program brings
    };

    /// Errors: invalid_argument, and those of opening the list.
    static Result<std::unique_ptr<UploadFeed>> open(const UploadRequest& request,
                                                    Threads threads,
                                                    Target target,
                                                    Told told);

    Task<std::optional<engine::NewFile>> next() override;
    /// Begins with a stream once there is room for it.
    Async<void> take(NewStream stream);
    /// No more files, as of now. Any thread.
    void stop();
    bool ended() const { return ended_; }
    /// Waits until the program's functions are not called any more, after stop() or the end.
    Async<void> finish();

  private:
    UploadFeed(const UploadRequest& request, Target target, Told told);

    Task<std::optional<engine::NewFile>> find();
    Task<std::optional<engine::NewFile>> find_item();
    bool ready() const;
    Async<void> look_ahead();
    Async<void> compare(engine::NewFile& file, Result<bool>& present);

    const bool dry_run_;
    const bool if_absent_;
    const bool if_changed_;
    const bool looks_;  // at what is there, before it is sent
    Target target_;
    const Told told_;
    std::deque<engine::NewFile> wanted_;  // looked at and to be sent
    std::vector<std::unique_ptr<engine::DiskFeed>> feeds_;
    std::size_t current_ = 0;
    std::optional<Error> feed_failure_;  // met while looking ahead
    std::unique_ptr<ItemFeed> items_;
    std::atomic<bool> ended_ = false;
};

}  // namespace slipway::api
