// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sqlite/database.h"
#include "store/blob_table.h"
#include "store/index_change.h"
#include "store/object_table.h"
#include "store/upload_table.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace slipway::store {

/// The writing connection to the index. One thread at a time.
class IndexWriter {
  public:
    /// Of the database's pages.
    static constexpr unsigned page_bytes = 4096;

    /// Opens, and makes the tables in a new database.
    /// Errors: unsupported when a newer version of Slipway wrote it; corrupted; io; no_space.
    static Result<std::unique_ptr<IndexWriter>> open(const sqlite::DatabaseOptions& options);

    /// Commits the changes durably in one transaction, and sets each one's outcome and garbage.
    /// When the whole cannot be committed each change is tried by itself.
    void commit(std::span<const std::unique_ptr<IndexChange>> changes);

    /// Of pages that hold nothing.
    std::uint64_t free_bytes();

    sqlite::Database& database() { return database_; }

  private:
    IndexWriter() = default;
    Result<> prepare();
    Result<> commit_together(std::span<const std::unique_ptr<IndexChange>> changes);
    Result<> apply(IndexChange& change);
    // Each fails either before it changed anything, with the change's own failure in `outcome`, or
    // as a whole, which undoes the transaction.
    Result<> apply_in(std::int64_t bucket, IndexChange& change);
    Result<> create_bucket(const CreateBucket& creation, IndexChange& change);
    Result<> remove_bucket(std::int64_t bucket, IndexChange& change);
    Result<> change_bucket(std::int64_t bucket, const ChangeBucket& what);
    Result<std::optional<std::int64_t>> find_bucket(std::string_view name);

    sqlite::Database database_;
    BlobTable blobs_{database_};
    UploadTable uploads_{database_, blobs_};
    ObjectTable objects_{database_, blobs_, uploads_};
    sqlite::Statement begin_;
    sqlite::Statement commit_;
    sqlite::Statement find_bucket_;
    sqlite::Statement insert_bucket_;
    sqlite::Statement remove_bucket_;
    sqlite::Statement set_setting_;
    sqlite::Statement unset_setting_;
    sqlite::Statement unset_settings_;
    sqlite::Statement settle_;
    sqlite::Statement free_pages_;
};

}  // namespace slipway::store
