// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sqlite/database.h"
#include "store/blob_table.h"
#include "store/index_change.h"
#include "store/upload_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::store {

/// Writes `objects`. Each call fails either before it changed anything, with the change's own
/// failure in `outcome`, or as a whole. One thread.
class ObjectTable {
  public:
    ObjectTable(sqlite::Database& database, BlobTable& blobs, UploadTable& uploads)
        : database_(database), blobs_(blobs), uploads_(uploads) {}
    Result<> prepare();

    Result<> put(std::int64_t bucket, const PutObject& put, IndexChange& change);
    /// The object of an upload whose parts were checked.
    Result<> complete(std::int64_t bucket, const CompleteUpload& completion, IndexChange& change);
    Result<> remove(std::int64_t bucket, const RemoveObject& removal, IndexChange& change);
    Result<> expire(std::int64_t bucket, const ExpireObjects& expiry, IndexChange& change);
    Result<> change(std::int64_t bucket, const ChangeObject& what, IndexChange& change);
    Result<bool> any_in(std::int64_t bucket);

  private:
    /// A row that is about to be replaced or removed.
    struct Current {
        std::string etag;
        std::string file;
        std::optional<std::int64_t> blob;
        std::optional<std::int64_t> manifest;
        Time modified{};
    };
    struct Place {
        std::string_view file;
        std::optional<std::int64_t> blob;
        std::optional<std::int64_t> manifest;
    };

    Result<std::optional<Current>> find(std::int64_t bucket, std::string_view key);
    Result<> insert(std::int64_t bucket, const objects::ObjectInfo& info, const Place& place);
    Result<> remove_row(std::int64_t bucket,
                        std::string_view key,
                        const Current& current,
                        IndexChange& change);
    /// What the object's bytes were in, but for its blob, becomes garbage.
    Result<> release(const std::optional<Current>& current, IndexChange& change);

    sqlite::Database& database_;
    BlobTable& blobs_;
    UploadTable& uploads_;
    sqlite::Statement find_;
    sqlite::Statement insert_;
    sqlite::Statement remove_;
    sqlite::Statement any_;
    sqlite::Statement read_attributes_;
    sqlite::Statement write_attributes_;
};

}  // namespace slipway::store
