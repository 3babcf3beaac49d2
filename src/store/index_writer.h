// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sqlite/database.h"
#include "store/index_change.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace slipway::store {

/// The writing connection to the index. One thread at a time.
class IndexWriter {
  public:
    /// Opens, and makes the tables in a new database.
    /// Errors: unsupported when a newer version of Slipway wrote it; corrupted; io; no_space.
    static Result<std::unique_ptr<IndexWriter>> open(const sqlite::DatabaseOptions& options);

    /// Commits the changes durably in one transaction, and sets each one's outcome and garbage.
    /// When the whole cannot be committed each change is tried by itself.
    void commit(std::span<const std::unique_ptr<IndexChange>> changes);

    sqlite::Database& database() { return database_; }

  private:
    /// A row that is about to be replaced or removed.
    struct Current {
        std::string etag;
        std::string file;
        std::optional<std::int64_t> blob;
    };

    IndexWriter() = default;
    Result<> prepare();
    Result<> commit_together(std::span<const std::unique_ptr<IndexChange>> changes);
    // Each fails either before it changed anything, with the change's own failure in `outcome`, or
    // as a whole, which undoes the transaction.
    Result<> apply(PutObject& put, IndexChange& change);
    Result<> apply(RemoveObject& removal, IndexChange& change);
    Result<> apply(CreateBucket& creation, IndexChange& change);
    Result<> apply(RemoveBucket& removal, IndexChange& change);
    Result<> apply(SettleLog& settle, IndexChange& change);
    Result<std::optional<std::int64_t>> find_bucket(std::string_view name);
    Result<std::optional<Current>> find_current(std::int64_t bucket, std::string_view key);
    Result<std::optional<std::int64_t>> store_data(const std::string& data,
                                                   std::optional<std::int64_t> replaced);
    Result<> insert(std::int64_t bucket, const PutObject& put, std::optional<std::int64_t> blob);

    sqlite::Database database_;
    sqlite::Statement begin_;
    sqlite::Statement commit_;
    sqlite::Statement find_bucket_;
    sqlite::Statement insert_bucket_;
    sqlite::Statement remove_bucket_;
    sqlite::Statement any_object_;
    sqlite::Statement find_current_;
    sqlite::Statement insert_object_;
    sqlite::Statement remove_object_;
    sqlite::Statement insert_blob_;
    sqlite::Statement update_blob_;
    sqlite::Statement remove_blob_;
    sqlite::Statement settle_;
};

}  // namespace slipway::store
