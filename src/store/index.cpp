// SPDX-License-Identifier: Apache-2.0
#include "store/index.h"

#include "base/limits.h"
#include "base/log.h"
#include "s3/errors.h"
#include "store/bucket_settings.h"
#include "store/columns.h"

#include <algorithm>
#include <span>
#include <utility>

namespace slipway::store {
namespace {

/// Page caches: what the operating system caches need not be held twice.
constexpr unsigned writer_cache_kib = 4096;
constexpr unsigned reader_cache_kib = 512;

/// What is allowed to use the reserve.
bool makes_room(const IndexChange& change) {
    return std::holds_alternative<RemoveObject>(change.what) ||
           std::holds_alternative<ExpireObjects>(change.what) ||
           std::holds_alternative<AbortUpload>(change.what) ||
           std::holds_alternative<ClearUpload>(change.what) ||
           std::holds_alternative<RemoveBucket>(change.what) ||
           std::holds_alternative<SettleLog>(change.what);
}

bool is_no_space(const Result<>& outcome) {
    return !outcome && outcome.error().kind == ErrorKind::no_space;
}

tl::unexpected<Error> no_space() {
    return fail(ErrorKind::no_space,
                "the store's disk is full; free some space on it, or delete objects");
}

}  // namespace

Result<std::unique_ptr<Index>> Index::open(const std::string& directory,
                                           FileSystem& system,
                                           sqlite::CheckpointLimits log_limits) {
    const std::uint64_t log_bytes_max =
        static_cast<std::uint64_t>(log_limits.log_pages_hard_max) * IndexWriter::page_bytes;
    SpaceReserve reserve(system, directory, limits::space_reserve_bytes + log_bytes_max);
    std::unique_ptr<Index> index(new Index(std::move(reserve)));
    index->options_.path = directory + "/index.db";
    index->options_.vfs = system.sqlite_vfs();
    index->options_.cache_kib = writer_cache_kib;
    SLIPWAY_TRY(writer, IndexWriter::open(index->options_));
    index->writer_ = std::move(writer);
    SLIPWAY_CHECK(index->load_buckets());
    index->checkpointer_.emplace(index->writer_->database(), index->options_, log_limits);
    index->options_.read_only = true;
    index->options_.cache_kib = reader_cache_kib;
    index->commits_ = std::make_unique<GroupCommit<IndexChange>>(
        GroupCommit<IndexChange>::Work{[raw = index.get()](auto& batch) { raw->commit(batch); },
                                       [raw = index.get()] { return raw->checkpointer_->behind(); },
                                       [raw = index.get()] { raw->catch_up(); }});
    return index;
}

void Index::commit(GroupCommit<IndexChange>::Batch& batch) {
    end_idle_snapshots();  // or the log could not start anew
    commit_with_reserve(batch);
    {
        const std::lock_guard lock(readers_mutex_);
        ++commits_made_;
    }
    checkpointer_->after_commit();
    const bool buckets_changed = std::ranges::any_of(batch, [](const auto& change) {
        return std::holds_alternative<CreateBucket>(change->what) ||
               std::holds_alternative<RemoveBucket>(change->what) ||
               std::holds_alternative<ChangeBucket>(change->what);
    });
    if (buckets_changed) {
        const Result<> loaded = load_buckets();
        if (!loaded) {
            log::error("cannot read the buckets anew: {}", loaded.error().message);
        }
    }
}

void Index::commit_with_reserve(GroupCommit<IndexChange>::Batch& batch) {
    const bool room = reserve_.take() || writer_->free_bytes() >= limits::space_reserve_bytes;
    if (room) {
        writer_->commit(batch);
    }
    bool log_is_empty = false;
    for (const auto& change : batch) {
        if (!room && !makes_room(*change)) {
            change->outcome = no_space();
            continue;
        }
        if (room && !is_no_space(change->outcome)) {
            continue;
        }
        if (!std::exchange(log_is_empty, true)) {
            empty_log();
        }
        writer_->commit(std::span(&change, 1));
        if (is_no_space(change->outcome) && makes_room(*change)) {
            reserve_.give();
            empty_log();  // while the reserve has room for what it holds
            writer_->commit(std::span(&change, 1));
        }
    }
}

Result<std::unique_ptr<IndexReader>> Index::take_reader() {
    std::unique_ptr<IndexReader> reader;
    std::uint64_t commits = 0;
    {
        const std::lock_guard lock(readers_mutex_);
        commits = commits_made_;
        if (!idle_readers_.empty()) {
            reader = std::move(idle_readers_.back());
            idle_readers_.pop_back();
        }
    }
    if (reader == nullptr) {
        SLIPWAY_TRY(opened, IndexReader::open(options_));
        reader = std::move(opened);
    }
    SLIPWAY_CHECK(reader->begin_snapshot(commits));
    return reader;
}

void Index::give_back(std::unique_ptr<IndexReader> reader) {
    const std::lock_guard lock(readers_mutex_);
    if (!keep_snapshots_) {
        reader->end_snapshot();
    }
    idle_readers_.push_back(std::move(reader));
}

void Index::end_idle_snapshots() {
    const std::lock_guard lock(readers_mutex_);
    for (const auto& reader : idle_readers_) {
        reader->end_snapshot();
    }
}

void Index::catch_up() {
    end_idle_snapshots();
    checkpointer_->catch_up();
}

void Index::empty_log() {
    const auto keep_snapshots = [this](bool keep) {
        const std::lock_guard lock(readers_mutex_);
        keep_snapshots_ = keep;
    };
    keep_snapshots(false);
    end_idle_snapshots();
    checkpointer_->empty_log();
    keep_snapshots(true);
}

Result<std::map<std::int64_t, objects::BucketSettings>> Index::load_settings() {
    SLIPWAY_TRY(statement, writer_->database().prepare("SELECT bucket, name, value FROM "
                                                       "bucket_settings"));
    std::map<std::int64_t, objects::BucketSettings> all;
    while (true) {
        SLIPWAY_TRY(row, statement.step());
        if (!row) {
            return all;
        }
        if (const auto setting = parse_setting(statement.bytes(1))) {
            all[statement.integer(0)].emplace(*setting, statement.bytes(2));
        }
    }
}

Result<> Index::load_buckets() {
    SLIPWAY_TRY(settings, load_settings());
    SLIPWAY_TRY(statement, writer_->database().prepare("SELECT id, name, created FROM buckets"));
    std::map<std::string, Known, std::less<>> buckets;
    while (true) {
        SLIPWAY_TRY(row, statement.step());
        if (!row) {
            break;
        }
        const Bucket bucket{statement.integer(0), time_in(statement, 2)};
        auto set = std::make_shared<const objects::BucketSettings>(std::move(settings[bucket.id]));
        buckets.emplace(statement.bytes(1), Known{bucket, std::move(set)});
    }
    const std::lock_guard lock(buckets_mutex_);
    buckets_ = std::move(buckets);
    return {};
}

auto Index::find_bucket(std::string_view name) const -> Result<Bucket> {
    const std::shared_lock lock(buckets_mutex_);
    const auto found = buckets_.find(name);
    if (found == buckets_.end()) {
        return s3::s3_fail("NoSuchBucket");
    }
    return found->second.bucket;
}

Result<std::shared_ptr<const objects::BucketSettings>> Index::settings(
    std::string_view bucket) const {
    const std::shared_lock lock(buckets_mutex_);
    const auto found = buckets_.find(bucket);
    if (found == buckets_.end()) {
        return s3::s3_fail("NoSuchBucket");
    }
    return found->second.settings;
}

std::vector<objects::BucketInfo> Index::buckets() const {
    std::vector<objects::BucketInfo> all;
    const std::shared_lock lock(buckets_mutex_);
    for (const auto& [name, known] : buckets_) {
        all.push_back(objects::BucketInfo{name, known.bucket.created});
    }
    return all;
}

}  // namespace slipway::store
