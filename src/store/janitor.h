// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/lifecycle.h"
#include "store/storage.h"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace slipway::store {

struct JanitorReport {
    /// Files that a scan looked at.
    std::uint64_t files_seen = 0;
    /// Files of no object, left by a crash or a failed commit, that are gone now.
    std::uint64_t leftovers_removed = 0;
    /// Files of objects that were replaced, deleted or not finished, that are gone now.
    std::uint64_t garbage_removed = 0;
    /// Aborted uploads, and those whose object is gone, that are gone with their parts now.
    std::uint64_t uploads_cleared = 0;
};

/// Removes the files that are nobody's, and what lifecycle rules say, on a thread of its own.
///
/// What operations hand over as garbage goes at once, as do the parts of uploads that were dropped,
/// a few at a time and but for those that are being read (upload_pins.h). A scan of all files finds
/// what a crash left: once after the start, and again only after a commit whose outcome is unknown.
/// The store serves meanwhile.
class Janitor {
  public:
    Janitor(Storage& storage,
            std::chrono::milliseconds interval,
            std::chrono::milliseconds lifecycle_day);
    /// Stops between two files, and joins. Garbage not removed is found by the next start's scan.
    ~Janitor();

    /// One full round, now, on the caller's thread.
    Result<JanitorReport> clean();
    /// Applies the lifecycle rules, now, on the caller's thread.
    Result<LifecycleReport> apply_lifecycle();

  private:
    void serve();
    void remove_garbage(JanitorReport& report);
    Result<> clear_dropped(JanitorReport& report);
    Result<> clear(std::int64_t upload, JanitorReport& report);
    void apply_lifecycle_if_due();
    Result<> scan(JanitorReport& report);
    Result<> scan_directory(unsigned directory, JanitorReport& report);
    Result<> settle_log();
    Result<bool> is_leftover(const std::string& id);

    Storage& storage_;
    DataFiles& files_ = storage_.files;
    Index& index_ = storage_.index;
    Lifecycle lifecycle_;
    const std::chrono::milliseconds interval_;
    std::chrono::steady_clock::time_point next_lifecycle_;
    std::mutex mutex_;  // one round at a time
    std::vector<std::string> failed_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace slipway::store
