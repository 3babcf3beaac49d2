// SPDX-License-Identifier: Apache-2.0
#include "store/index.h"

#include "base/log.h"
#include "s3/errors.h"

#include <algorithm>
#include <chrono>

namespace slipway::store {
namespace {

/// Page caches: what the operating system caches need not be held twice.
constexpr unsigned writer_cache_kib = 4096;
constexpr unsigned reader_cache_kib = 512;

/// The log is moved into the database beside the commits once it has so many pages (of 4 KiB) ...
constexpr int log_pages_soft_max = 2000;
/// ... and in between two commits at so many: only when nobody commits meanwhile does it start
/// anew. A crash makes the next start read it all, which for this many pages takes some 20 ms.
constexpr int log_pages_hard_max = 6000;

int remember_log_pages(void* pages, sqlite3*, const char*, int log_pages) {
    *static_cast<int*>(pages) = log_pages;
    return 0;
}

}  // namespace

Result<std::unique_ptr<Index>> Index::open(const std::string& directory, const char* vfs) {
    std::unique_ptr<Index> index(new Index);
    index->options_.path = directory + "/index.db";
    index->options_.vfs = vfs;
    index->options_.cache_kib = writer_cache_kib;
    SLIPWAY_TRY(writer, IndexWriter::open(index->options_));
    index->writer_ = std::move(writer);
    SLIPWAY_CHECK(index->load_buckets());
    index->options_.read_only = true;
    index->options_.cache_kib = reader_cache_kib;
    index->checkpoints_ = std::jthread([raw = index.get()] { raw->checkpoint_when_asked(); });
    index->commits_ = std::make_unique<GroupCommit<IndexChange>>(
        [raw = index.get()](GroupCommit<IndexChange>::Batch& batch) { raw->commit(batch); });
    return index;
}

Index::~Index() {
    commits_.reset();
    {
        const std::lock_guard lock(log_mutex_);
        stopping_ = true;
    }
    log_changed_.notify_all();
}

void Index::commit(GroupCommit<IndexChange>::Batch& batch) {
    int log_pages = 0;
    writer_->database().on_commit(&remember_log_pages, &log_pages);
    writer_->commit(batch);
    const bool buckets_changed = std::ranges::any_of(batch, [](const auto& change) {
        return std::holds_alternative<CreateBucket>(change->what) ||
               std::holds_alternative<RemoveBucket>(change->what);
    });
    if (buckets_changed) {
        const Result<> loaded = load_buckets();
        if (!loaded) {
            log::error("cannot read the buckets anew: {}", loaded.error().message);
        }
    }
    if (log_pages > log_pages_hard_max) {
        static_cast<void>(writer_->database().checkpoint());
    } else if (log_pages > log_pages_soft_max) {
        {
            const std::lock_guard lock(log_mutex_);
            log_pages_ = log_pages;
        }
        log_changed_.notify_one();
    }
}

void Index::checkpoint_when_asked() {
    sqlite::DatabaseOptions options = options_;
    options.read_only = false;
    options.cache_kib = 64;  // it copies pages past the cache
    auto database = sqlite::Database::open(options);
    std::unique_lock lock(log_mutex_);
    while (!stopping_) {
        log_changed_.wait(lock, [this] { return stopping_ || log_pages_ > 0; });
        log_pages_ = 0;
        lock.unlock();
        // A failure shows at the next commit, or goes away: the log is as good as the database.
        if (database) {
            static_cast<void>(database->checkpoint());
        }
        lock.lock();
    }
}

Result<std::unique_ptr<IndexReader>> Index::take_reader() {
    {
        const std::lock_guard lock(readers_mutex_);
        if (!idle_readers_.empty()) {
            auto reader = std::move(idle_readers_.back());
            idle_readers_.pop_back();
            return reader;
        }
    }
    return IndexReader::open(options_);
}

void Index::give_back(std::unique_ptr<IndexReader> reader) {
    const std::lock_guard lock(readers_mutex_);
    idle_readers_.push_back(std::move(reader));
}

Result<> Index::load_buckets() {
    SLIPWAY_TRY(statement, writer_->database().prepare("SELECT id, name, created FROM buckets"));
    std::map<std::string, Bucket, std::less<>> buckets;
    while (true) {
        SLIPWAY_TRY(row, statement.step());
        if (!row) {
            break;
        }
        const Bucket bucket{statement.integer(0),
                            Time(std::chrono::microseconds(statement.integer(2)))};
        buckets.emplace(statement.bytes(1), bucket);
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
    return found->second;
}

std::vector<objects::BucketInfo> Index::buckets() const {
    std::vector<objects::BucketInfo> all;
    const std::shared_lock lock(buckets_mutex_);
    for (const auto& [name, bucket] : buckets_) {
        all.push_back(objects::BucketInfo{name, bucket.created});
    }
    return all;
}

}  // namespace slipway::store
