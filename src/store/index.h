// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sqlite/checkpointer.h"
#include "store/index_change.h"
#include "store/index_reader.h"
#include "store/index_writer.h"
#include "store/space_reserve.h"
#include "task/group_commit.h"
#include "task/task.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::store {

/// The index: an SQLite database in WAL mode with one writing connection, whose thread commits many
/// changes at once, and a reading connection for each thread that reads at the same time.
///
/// Any thread. Reads run on the caller's thread: a hop to another costs more than a lookup.
class Index {
  public:
    /// In pages of 4 KiB. A crash makes the next start read them all, which for the most of them
    /// takes some 20 ms.
    static constexpr sqlite::CheckpointLimits usual_log_limits{2000, 6000};

    static Result<std::unique_ptr<Index>> open(const std::string& directory,
                                               FileSystem& system,
                                               sqlite::CheckpointLimits log_limits);

    /// Commits; what came of it is in the change that comes back.
    Async<std::unique_ptr<IndexChange>> submit(std::unique_ptr<IndexChange> change) {
        return commits_->submit(std::move(change));
    }

    /// Answers `read(IndexReader&)`, which returns a Result. All of it sees one state of the index,
    /// with every change in it that was answered.
    template <class Read>
    auto read(Read read) -> std::invoke_result_t<Read&, IndexReader&> {
        SLIPWAY_TRY(reader, take_reader());
        auto answer = read(*reader);
        give_back(std::move(reader));
        return answer;
    }

    struct Bucket {
        std::int64_t id = 0;
        Time created{};
    };
    /// Errors: not_found `NoSuchBucket`.
    Result<Bucket> find_bucket(std::string_view name) const;
    std::vector<objects::BucketInfo> buckets() const;
    /// Errors: not_found `NoSuchBucket`.
    Result<std::shared_ptr<const objects::BucketSettings>> settings(std::string_view bucket) const;

  private:
    explicit Index(SpaceReserve reserve) : reserve_(std::move(reserve)) {}
    Result<std::unique_ptr<IndexReader>> take_reader();
    void give_back(std::unique_ptr<IndexReader> reader);
    void end_idle_snapshots();
    void catch_up();
    void empty_log();
    void commit(GroupCommit<IndexChange>::Batch& batch);
    /// On a full disk what makes room is committed with the room that is kept for it; all else is
    /// refused until the reserve is there again, or the index has room enough within.
    void commit_with_reserve(GroupCommit<IndexChange>::Batch& batch);
    Result<> load_buckets();
    Result<std::map<std::int64_t, objects::BucketSettings>> load_settings();

    sqlite::DatabaseOptions options_;
    std::unique_ptr<IndexWriter> writer_;  // of the committing thread
    SpaceReserve reserve_;                 // likewise

    // What the table of buckets holds: every operation asks, and they are few.
    mutable std::shared_mutex buckets_mutex_;
    struct Known {
        Bucket bucket;
        std::shared_ptr<const objects::BucketSettings> settings;  // with who asked for them
    };
    std::map<std::string, Known, std::less<>> buckets_;

    std::mutex readers_mutex_;
    std::vector<std::unique_ptr<IndexReader>> idle_readers_;  // each with its last snapshot
    std::uint64_t commits_made_ = 0;
    bool keep_snapshots_ = true;  // of the idle readers

    std::optional<sqlite::Checkpointer> checkpointer_;   // of the committing thread
    std::unique_ptr<GroupCommit<IndexChange>> commits_;  // last: its thread uses all of the above
};

}  // namespace slipway::store
