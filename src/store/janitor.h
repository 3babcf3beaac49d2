// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/data_files.h"
#include "store/index.h"

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
};

/// Removes the files that are nobody's, on a thread of its own.
///
/// What operations hand over as garbage goes at once. A scan of all files finds what a crash left:
/// once after the start, and again only after a commit whose outcome is unknown. The store serves
/// meanwhile.
class Janitor {
  public:
    Janitor(DataFiles& files, Index& index, std::chrono::milliseconds interval);
    /// Stops between two files, and joins. Garbage not removed is found by the next start's scan.
    ~Janitor();

    /// One full round, now, on the caller's thread.
    Result<JanitorReport> clean();

  private:
    void serve();
    void remove_garbage(JanitorReport& report);
    Result<> scan(JanitorReport& report);
    Result<> scan_directory(unsigned directory, JanitorReport& report);
    Result<> settle_log();
    Result<bool> is_leftover(const std::string& id);

    DataFiles& files_;
    Index& index_;
    const std::chrono::milliseconds interval_;
    std::mutex mutex_;  // one round at a time
    std::vector<std::string> failed_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace slipway::store
