// SPDX-License-Identifier: Apache-2.0
#include "store/janitor.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/thread.h"
#include "task/block_on.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace slipway::store {

Janitor::Janitor(Storage& storage,
                 std::chrono::milliseconds interval,
                 std::chrono::milliseconds lifecycle_day)
    : storage_(storage),
      lifecycle_(storage, lifecycle_day),
      interval_(interval),
      next_lifecycle_(std::chrono::steady_clock::now() + lifecycle_.interval()),
      thread_(start_thread([this] { serve(); })) {
}

Janitor::~Janitor() {
    files_.stop_waiting();
}

void Janitor::serve() {
    bool scan_wanted = true;
    auto next_round = std::chrono::steady_clock::now();
    do {
        const std::lock_guard lock(mutex_);
        JanitorReport report;
        remove_garbage(report);
        const Result<> cleared = clear_dropped(report);
        if (!cleared) {
            log::warn("the store's janitor: {}", cleared.error().message);
        }
        apply_lifecycle_if_due();
        if (std::chrono::steady_clock::now() < next_round) {
            continue;
        }
        next_round = std::chrono::steady_clock::now() + interval_;
        scan_wanted = files_.take_scan_wanted() || scan_wanted;
        // What could not be removed is garbage still, and tried again once in each round.
        for (std::string& id : std::exchange(failed_, {})) {
            files_.discard(std::move(id));
        }
        if (scan_wanted) {
            const Result<> scanned = scan(report);
            scan_wanted = !scanned;
            if (!scanned) {
                log::warn("the store's janitor: {}", scanned.error().message);
            } else if (report.leftovers_removed > 0) {
                log::info("the store's janitor removed {} unfinished files",
                          report.leftovers_removed);
            }
        }
    } while (files_.wait_for_garbage(std::min(next_round, next_lifecycle_)));
}

void Janitor::apply_lifecycle_if_due() {
    if (std::chrono::steady_clock::now() < next_lifecycle_) {
        return;
    }
    const auto report = lifecycle_.apply([this] { return files_.stopping(); });
    if (!report) {
        log::warn("the store's lifecycle rules: {}", report.error().message);
    } else if (report->objects_expired + report->uploads_aborted > 0) {
        log::info("lifecycle rules removed {} objects and {} unfinished uploads",
                  report->objects_expired, report->uploads_aborted);
    }
    next_lifecycle_ = std::chrono::steady_clock::now() + lifecycle_.interval();
}

Result<LifecycleReport> Janitor::apply_lifecycle() {
    const std::lock_guard lock(mutex_);
    return lifecycle_.apply([this] { return files_.stopping(); });
}

Result<JanitorReport> Janitor::clean() {
    const std::lock_guard lock(mutex_);
    JanitorReport report;
    for (std::string& id : std::exchange(failed_, {})) {
        files_.discard(std::move(id));
    }
    SLIPWAY_CHECK(clear_dropped(report));
    remove_garbage(report);
    SLIPWAY_CHECK(scan(report));
    return report;
}

Result<> Janitor::clear_dropped(JanitorReport& report) {
    std::int64_t last = 0;
    while (!files_.stopping()) {
        const auto find = [&](IndexReader& reader) { return reader.uploads().dropped(last); };
        SLIPWAY_TRY(rows, index_.read(find));
        if (rows.empty()) {
            break;
        }
        for (const std::int64_t row : rows) {
            last = row;
            if (!storage_.pins.pinned(row)) {
                SLIPWAY_CHECK(clear(row, report));
            }
        }
    }
    return {};
}

Result<> Janitor::clear(std::int64_t upload, JanitorReport& report) {
    bool done = false;
    while (!done && !files_.stopping()) {
        auto change = std::make_unique<IndexChange>();
        change->what = ClearUpload{upload, limits::dropped_parts_batch_max, false};
        const auto cleared = block_on(index_.submit(std::move(change)));
        SLIPWAY_CHECK(std::move(cleared->outcome));
        done = std::get<ClearUpload>(cleared->what).done;
        hand_over_garbage(storage_, *cleared);
        remove_garbage(report);
    }
    report.uploads_cleared += done ? 1U : 0U;
    return {};
}

void Janitor::remove_garbage(JanitorReport& report) {
    for (std::string& id : files_.take_garbage()) {
        const Result<> removed = files_.remove(id);
        if (removed) {
            ++report.garbage_removed;
        } else {
            failed_.push_back(std::move(id));
        }
    }
}

Result<> Janitor::scan(JanitorReport& report) {
    // A commit that failed in its sync may still be in the log, and a crash could bring it to
    // light: what it refers to counts as nobody's only after a later commit took its place.
    SLIPWAY_CHECK(settle_log());
    for (unsigned directory = 0; directory < DataFiles::directories_max; ++directory) {
        if (files_.stopping()) {
            break;
        }
        SLIPWAY_CHECK(scan_directory(directory, report));
    }
    return {};
}

Result<> Janitor::scan_directory(unsigned directory, JanitorReport& report) {
    SLIPWAY_TRY(ids, files_.list(directory));
    for (const std::string& id : ids) {
        if (files_.stopping()) {
            break;
        }
        ++report.files_seen;
        SLIPWAY_TRY(leftover, is_leftover(id));
        if (leftover) {
            SLIPWAY_CHECK(files_.remove(id));
            ++report.leftovers_removed;
        }
    }
    return {};
}

Result<bool> Janitor::is_leftover(const std::string& id) {
    // In this order: a file leaves construction only after the row that refers to it is committed.
    if (files_.under_construction(id)) {
        return false;
    }
    const auto refers = [&id](IndexReader& reader) { return reader.refers_to(id); };
    SLIPWAY_TRY(referred, index_.read(refers));
    return !referred;
}

Result<> Janitor::settle_log() {
    auto change = std::make_unique<IndexChange>();
    change->what = SettleLog();
    const auto done = block_on(index_.submit(std::move(change)));
    return std::move(done->outcome);
}

}  // namespace slipway::store
