// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/upload.h"

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

/// The files that an upload is asked for: those of its sources, then those of its list.
class UploadFeed final : public engine::Feed {
  public:
    struct Told {
        std::function<void(std::uint64_t bytes)> found;
        /// `failed`: it was asked for and will not be there. Else it was none of our business.
        std::function<void(const engine::PassedOver& what, bool failed)> left_out;
        /// Instead of sending it: it is there already.
        std::function<void(const engine::NewFile& file)> present;
        /// Instead of sending it, in a dry run.
        std::function<void(const engine::NewFile& file)> would_send;
    };

    /// Where files may be already; with `if_changed` only.
    struct Target {
        objects::ObjectStore& store;
        ChunkPool& pool;
        std::string bucket;
    };

    /// Errors: invalid_argument, and those of opening the list.
    static Result<std::unique_ptr<UploadFeed>> open(const UploadRequest& request,
                                                    DiskThreads& disk,
                                                    Target target,
                                                    Told told);

    Task<std::optional<engine::NewFile>> next() override;
    /// No more files, as of now. Any thread.
    void stop();
    bool ended() const { return ended_; }

  private:
    UploadFeed(const UploadRequest& request, Target target, Told told);

    Task<std::optional<engine::NewFile>> find();
    Task<> look_ahead();
    Async<void> compare(engine::NewFile& file, Result<bool>& present);

    const bool dry_run_;
    const bool if_changed_;
    Target target_;
    const Told told_;
    std::deque<engine::NewFile> wanted_;  // looked at and to be sent
    std::vector<std::unique_ptr<engine::DiskFeed>> feeds_;
    std::size_t current_ = 0;
    std::atomic<bool> ended_ = false;
};

}  // namespace slipway::api
