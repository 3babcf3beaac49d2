// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sqlite/database.h"
#include "store/blob_table.h"
#include "store/index_change.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::store {

/// What has become of an upload. On disk: never change a number.
enum class UploadState : std::int64_t {
    open = 0,
    completed = 1,  ///< an object refers to its parts
    dropped = 2,    ///< aborted, or its object is gone: the janitor removes what is left of it
};

/// Writes `uploads` and `parts`. Each call fails either before it changed anything, with the
/// change's own failure in `outcome`, or as a whole. One thread.
class UploadTable {
  public:
    UploadTable(sqlite::Database& database, BlobTable& blobs)
        : database_(database), blobs_(blobs) {}
    Result<> prepare();

    Result<> create(std::int64_t bucket, CreateUpload& creation);
    Result<> put(std::int64_t bucket, const PutPart& put, IndexChange& change);
    /// Gives the parts their places in the object and drops those that are not named. Answers the
    /// upload's row, or nothing with a failure in `outcome`.
    Result<std::optional<std::int64_t>> complete(std::int64_t bucket,
                                                 const CompleteUpload& completion,
                                                 IndexChange& change);
    /// Aborting what is not there has been done already.
    Result<> abort(std::int64_t bucket, const AbortUpload& abortion, IndexChange& change);
    Result<> abort_all(std::int64_t bucket, IndexChange& change);
    /// The object that was made of it is gone.
    Result<> drop(std::int64_t row);
    Result<> clear(ClearUpload& clearing, IndexChange& change);

  private:
    struct Part {
        objects::PartInfo info;
        std::string file;
        std::optional<std::int64_t> blob;
    };

    Result<std::optional<std::int64_t>> find_open(std::int64_t bucket,
                                                  const objects::MultipartUpload& upload);
    Result<std::vector<Part>> parts_of(std::int64_t row, unsigned parts_max);
    Result<std::optional<Part>> find_part(std::int64_t row, unsigned number);
    Result<> remove_part(std::int64_t row, const Part& part, IndexChange& change);

    sqlite::Database& database_;
    BlobTable& blobs_;
    sqlite::Statement insert_;
    sqlite::Statement find_open_;
    sqlite::Statement set_state_;
    sqlite::Statement abort_all_;
    sqlite::Statement remove_;
    sqlite::Statement insert_part_;
    sqlite::Statement find_part_;
    sqlite::Statement parts_of_;
    sqlite::Statement place_part_;
    sqlite::Statement remove_part_;
};

}  // namespace slipway::store
