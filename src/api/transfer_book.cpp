// SPDX-License-Identifier: Apache-2.0
#include "api/transfer_book.h"

#include <algorithm>
#include <utility>

namespace slipway::api {
namespace {

constexpr std::size_t files_shown_max = 8;

}  // namespace

void TransferBook::found(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    ++progress_.files_found;
    progress_.bytes_found += bytes;
}

void TransferBook::resized(std::int64_t bytes) {
    const std::lock_guard lock(mutex_);
    progress_.bytes_found += static_cast<std::uint64_t>(bytes);  // below 0 it wraps back
}

void TransferBook::found_all() {
    const std::lock_guard lock(mutex_);
    progress_.found_all = true;
}

void TransferBook::begun(engine::Slot slot, const engine::FileReport& file) {
    {
        const std::lock_guard lock(mutex_);
        under_way_.emplace(slot, FileProgress{file.key, file.size, 0});
    }
    tell(TransferEvent::Kind::started, file);
}

void TransferBook::moved(engine::Slot slot, std::int64_t bytes) {
    const std::lock_guard lock(mutex_);
    const auto change = static_cast<std::uint64_t>(bytes);  // may be below 0: it wraps back
    progress_.bytes_moved += change;
    under_way_[slot].bytes_moved += change;
}

void TransferBook::retried(const engine::FileReport& file) {
    {
        const std::lock_guard lock(mutex_);
        ++progress_.retries;
    }
    tell(TransferEvent::Kind::retried, file);
}

void TransferBook::ended(const engine::FileReport& file, bool skipped) {
    auto kind = TransferEvent::Kind::failed;
    {
        const std::lock_guard lock(mutex_);
        progress_.requests += file.requests;
        if (file.slot) {
            under_way_.erase(*file.slot);
        }
        if (file.end == engine::FileEnd::stored) {
            kind = TransferEvent::Kind::stored;
            ++progress_.files_stored;
            progress_.bytes_stored += file.size;
        } else if (file.end == engine::FileEnd::cancelled) {
            ++progress_.files_cancelled;
            return;
        } else if (skipped) {
            kind = TransferEvent::Kind::skipped;
            ++progress_.files_skipped;
        } else {
            ++progress_.files_failed;
        }
    }
    tell(kind, file);
}

void TransferBook::not_needed(engine::FileReport file) {
    {
        const std::lock_guard lock(mutex_);
        ++progress_.files_skipped;
        progress_.bytes_found -= file.size;
    }
    file.error = Error(ErrorKind::already_exists, "it is there already");
    tell(TransferEvent::Kind::skipped, file);
}

void TransferBook::would_store(const engine::FileReport& file) {
    tell(TransferEvent::Kind::would_store, file);
}

void TransferBook::end(Result<> outcome) {
    const std::lock_guard lock(mutex_);
    outcome_ = std::move(outcome);
    progress_.found_all = true;
    over_ = true;
    changed_.notify_all();
}

void TransferBook::cancelled() {
    const std::lock_guard lock(mutex_);
    progress_.cancelled |= !over_;
}

bool TransferBook::wait_for(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return over_; });
}

Result<TransferProgress> TransferBook::wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return over_; });
    SLIPWAY_CHECK(outcome_);
    return progress_locked();
}

TransferProgress TransferBook::progress() const {
    const std::lock_guard lock(mutex_);
    return progress_locked();
}

TransferProgress TransferBook::progress_locked() const {
    TransferProgress now = progress_;
    for (const auto& [slot, file] : under_way_) {
        now.files_under_way.push_back(file);
    }
    const auto larger = [](const FileProgress& a, const FileProgress& b) {
        return a.size != b.size ? a.size > b.size : a.key < b.key;
    };
    std::ranges::sort(now.files_under_way, larger);
    now.files_under_way.resize(std::min(now.files_under_way.size(), files_shown_max));
    return now;
}

void TransferBook::tell(TransferEvent::Kind kind, const engine::FileReport& file) {
    if (!on_event_) {
        return;
    }
    TransferEvent event;
    event.kind = kind;
    event.path = file.path;
    event.bucket = file.bucket.empty() ? bucket_ : file.bucket;
    event.key = file.key;
    event.size = file.size;
    event.requests = file.requests;
    if (kind == TransferEvent::Kind::stored) {
        event.etag = file.info.etag;
        event.checksum = file.info.checksum ? file.info.checksum->value : "";
    } else {
        event.error = file.error;
    }
    on_event_(event);
}

}  // namespace slipway::api
