// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/database.h"
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
    static Result<std::unique_ptr<IndexWriter>> open(const DatabaseOptions& options);

    /// Commits the changes durably in one transaction, and sets each one's outcome and garbage.
    /// When the whole cannot be committed each change is tried by itself.
    void commit(std::span<const std::unique_ptr<IndexChange>> changes);

    Database& database() { return database_; }

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

    Database database_;
    Statement begin_;
    Statement commit_;
    Statement find_bucket_;
    Statement insert_bucket_;
    Statement remove_bucket_;
    Statement any_object_;
    Statement find_current_;
    Statement insert_object_;
    Statement remove_object_;
    Statement insert_blob_;
    Statement update_blob_;
    Statement remove_blob_;
    Statement settle_;
};

}  // namespace slipway::store
