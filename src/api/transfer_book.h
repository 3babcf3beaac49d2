// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"
#include "slipway/transfer.h"

#include "engine/transfer.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace slipway::api {

/// What is known of an upload or download while it runs and at its end, for those who watch and
/// wait; tells them of each file. Any thread, but events come one at a time.
class TransferBook {
  public:
    /// `bucket`: of the files whose reports name none.
    TransferBook(std::string bucket, std::function<void(const TransferEvent&)> on_event)
        : bucket_(std::move(bucket)), on_event_(std::move(on_event)) {}

    void found(std::uint64_t bytes);
    /// One that was found is so much larger, or smaller.
    void resized(std::int64_t bytes);
    void found_all();
    void begun(engine::Slot slot, const engine::FileReport& file);
    void moved(engine::Slot slot, std::int64_t bytes);
    void retried(const engine::FileReport& file);
    /// `skipped`: it failed for a reason that was wished for.
    void ended(const engine::FileReport& file, bool skipped = false);
    /// It was found, and need not be sent or brought.
    void not_needed(engine::FileReport file);
    void would_store(const engine::FileReport& file);

    /// The last thing that happens.
    void end(Result<> outcome);
    void cancelled();

    bool wait_for(std::chrono::milliseconds time);
    Result<TransferProgress> wait();
    TransferProgress progress() const;

  private:
    TransferProgress progress_locked() const;
    void tell(TransferEvent::Kind kind, const engine::FileReport& file);

    const std::string bucket_;
    const std::function<void(const TransferEvent&)> on_event_;
    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    TransferProgress progress_;
    std::map<engine::Slot, FileProgress> under_way_;
    bool over_ = false;
    Result<> outcome_;
};

}  // namespace slipway::api
