// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/log.h"
#include "server/upload_service.h"
#include "task/for_each.h"

#include <utility>

namespace slipway::server {
namespace {

/// Deletes what one expired upload left behind. An object whose key belongs to a confirmed file is
/// that file, or its replacement that nobody confirmed: deleting it would lose what the user sees.
///
/// Nothing is begun after `until`: once the claim is over, another reaper may free the key, and a
/// late deletion would hit somebody's new object.
Async<void> clean_up(const Parts& parts, const catalog::Upload& upload, Time until, bool& done) {
    if (parts.clock.now() >= until) {
        co_return;
    }
    std::vector<std::string> s3_keys;
    s3_keys.push_back(upload.s3_key);
    const auto pending = co_await parts.catalog.pending(upload.user, std::move(s3_keys));
    if (!pending) {
        co_return;
    }
    if (pending->front().file) {
        done = true;
        co_return;
    }
    const auto removed = co_await parts.store.remove(parts.settings.bucket, upload.s3_key);
    done = removed.has_value();
    if (!removed) {
        log::warn("the reaper could not delete {}: {}", upload.s3_key, removed.error().message);
    }
}

}  // namespace

Task<ReapReport> UploadService::reap() {
    ReapReport all;
    for (unsigned batch = 0; batch < limits::reaper_batches_max; ++batch) {
        SLIPWAY_CO_TRY(report, co_await reap_batch());
        all.uploads += report.uploads;
        all.failed += report.failed;
        // A store that refuses is asked again in the next run, not at once for all the others.
        if (report.uploads < limits::reaper_batch_max) {
            break;
        }
    }
    co_return all;
}

Task<ReapReport> UploadService::reap_batch() {
    const Time now = parts_.clock.now();
    SLIPWAY_CO_TRY(expired, co_await parts_.catalog.claim_expired(
                                now - settings_.confirm_grace, now, now + limits::reaper_claim_time,
                                limits::reaper_batch_max));
    // Not vector<bool>: each child writes to its own element.
    auto done = std::make_unique<bool[]>(expired.size());
    const Time until = now + limits::reaper_claim_time / 2;
    auto each = [this, &expired, &done, until](std::size_t i) {
        return clean_up(parts_, expired[i], until, done[i]);
    };
    co_await for_each(expired.size(), settings_.confirm_concurrency, std::move(each));
    std::vector<catalog::Upload> gone;
    for (std::size_t i = 0; i < expired.size(); ++i) {
        if (done[i]) {
            gone.push_back(std::move(expired[i]));
        }
    }
    ReapReport report;
    report.uploads = gone.size();
    report.failed = expired.size() - gone.size();
    if (!gone.empty()) {
        SLIPWAY_CO_CHECK(co_await parts_.catalog.forget(std::move(gone)));
    }
    co_return report;
}

}  // namespace slipway::server
