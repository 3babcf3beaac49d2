// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "s3/lifecycle.h"
#include "store/storage.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace slipway::store {

struct LifecycleReport {
    std::uint64_t objects_expired = 0;
    std::uint64_t uploads_aborted = 0;
};

/// Applies the lifecycle rules of all buckets, as the janitor does from time to time.
///
/// Objects are looked at and removed a batch at a time, between which everybody else is served. An
/// object that is written again meanwhile stays.
class Lifecycle {
  public:
    /// `day`: how long a day of a rule is; 24 hours but in tests.
    Lifecycle(Storage& storage, std::chrono::milliseconds day)
        : storage_(storage), day_(std::max<std::chrono::milliseconds>(day, rounds_a_day)) {}

    /// One round, on the caller's thread. Ends early when `stopping()`.
    Result<LifecycleReport> apply(const std::function<bool()>& stopping);
    /// How long to wait between two.
    std::chrono::milliseconds interval() const { return day_ / rounds_a_day.count(); }

  private:
    static constexpr std::chrono::milliseconds rounds_a_day{24};  // of at least 1 ms each
    using Rules = std::vector<s3::LifecycleRule>;
    struct Bucket {
        std::string name;
        std::int64_t id = 0;
    };
    /// A batch from the key `from`, which becomes where the next one begins: empty at the end.
    Result<> expire_batch(const Bucket& bucket,
                          const Rules& rules,
                          std::string& from,
                          LifecycleReport& report);
    Result<> abort_batch(const Bucket& bucket,
                         const Rules& rules,
                         objects::ListMultipartUploadsRequest& page,
                         bool& more,
                         LifecycleReport& report);
    Result<> commit_now(std::unique_ptr<IndexChange> change);

    Storage& storage_;
    const std::chrono::milliseconds day_;
};

}  // namespace slipway::store
