// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/upload.h"

#include "engine/disk_feed.h"

#include <atomic>
#include <cstddef>
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
        /// Instead of sending it.
        std::function<void(const engine::NewFile& file)> would_send;
    };

    /// Errors: invalid_argument, and those of opening the list.
    static Result<std::unique_ptr<UploadFeed>> open(const UploadRequest& request,
                                                    DiskThreads& disk,
                                                    Told told);

    Task<std::optional<engine::NewFile>> next() override;
    /// No more files, as of now. Any thread.
    void stop();
    bool ended() const { return ended_; }

  private:
    UploadFeed(bool dry_run, Told told) : dry_run_(dry_run), told_(std::move(told)) {}

    const bool dry_run_;
    const Told told_;
    std::vector<std::unique_ptr<engine::DiskFeed>> feeds_;
    std::size_t current_ = 0;
    std::atomic<bool> ended_ = false;
};

}  // namespace slipway::api
