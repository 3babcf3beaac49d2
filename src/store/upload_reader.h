// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/conditions.h"
#include "objects/hosted_store.h"
#include "sqlite/database.h"
#include "store/damaged_index.h"
#include "store/upload_id.h"
#include "store/upload_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::store {

struct UploadRow {
    std::int64_t row = 0;
    UploadState state = UploadState::open;
    /// The bucket's name is not in it.
    objects::MultipartUploadInfo info;
};

/// The bytes of a part, or a piece of them: in a file, or in `data`.
struct Segment {
    std::string file;
    std::string data;
    std::uint64_t offset = 0;  ///< in the file
    std::uint64_t size = 0;
};

/// Reads `uploads` and `parts`; of an IndexReader. One thread at a time.
class UploadReader {
  public:
    Result<> prepare(sqlite::Database& database);

    /// The upload of that id, bucket and key, whatever became of it, while there is a trace of it.
    Result<std::optional<UploadRow>> find(std::int64_t bucket,
                                          const objects::MultipartUpload& upload);
    /// Its parts above `number_marker`, by number, at most so many.
    Result<std::vector<objects::PartInfo>> parts(std::int64_t row,
                                                 unsigned number_marker,
                                                 unsigned parts_max);
    /// Where the n-th part (from 1) of a completed one is in the object; nothing: it has no such.
    Result<std::optional<objects::Slice>> place_of(std::int64_t row, unsigned n);
    /// What the bytes of that slice of a completed one's object are in.
    Result<std::vector<Segment>> segments(std::int64_t row, const objects::Slice& slice);

    /// Open uploads of keys from <= key < to, by key and then by row; of key `from` those of rows
    /// above `row`. Visits `visit(const UploadRow&)` until that answers false.
    template <class Visit>
    Result<> scan(std::int64_t bucket,
                  std::string_view from,
                  std::int64_t row,
                  std::string_view to,
                  Visit visit) {
        const sqlite::ResetAtEnd reset_at_end(scan_);
        scan_.bind(1, bucket);
        scan_.bind_blob(2, from);
        scan_.bind(3, row);
        scan_.bind_blob(4, to);
        RowOrder order{std::pair(std::string(from), row)};
        while (true) {
            SLIPWAY_TRY(there, scan_.step());
            if (!there) {
                return {};
            }
            const UploadRow upload = upload_in(scan_);
            SLIPWAY_CHECK(order.check(std::pair(upload.info.upload.key, upload.row)));
            if (!visit(upload)) {
                return {};
            }
        }
    }

    /// Some uploads above `row` that the janitor is to clear.
    Result<std::vector<std::int64_t>> dropped(std::int64_t row);
    /// Whether a part's bytes are in this file.
    Result<bool> refers_to(std::string_view file);

  private:
    /// Without the attributes but for the storage class.
    static UploadRow upload_in(const sqlite::Statement& row);

    sqlite::Statement find_;
    sqlite::Statement parts_;
    sqlite::Statement place_of_;
    sqlite::Statement segments_;
    sqlite::Statement scan_;
    sqlite::Statement dropped_;
    sqlite::Statement refers_to_;
};

}  // namespace slipway::store
