// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sqlite/database.h"
#include "store/damaged_index.h"
#include "store/index_change.h"
#include "store/upload_reader.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::store {

/// A reading connection to the index with its statements prepared. One thread at a time. It sees
/// what is committed, and nothing that is not durable.
class IndexReader {
  public:
    static Result<std::unique_ptr<IndexReader>> open(const sqlite::DatabaseOptions& options);

    enum class Data { leave, load };
    /// The object, if it is there.
    Result<std::optional<ObjectRow>> find(std::int64_t bucket, std::string_view key, Data data);

    /// Whether bytes of an object or of a part are in this file.
    Result<bool> refers_to(std::string_view file);

    UploadReader& uploads() { return uploads_; }

    /// Rows of a bucket with from <= key < to, in order of key.
    /// Visits rows until `visit` answers false.
    template <class Visit>
    Result<> scan(std::int64_t bucket, std::string_view from, std::string_view to, Visit visit) {
        const sqlite::ResetAtEnd reset_at_end(scan_);
        scan_.bind(1, bucket);
        scan_.bind_blob(2, from);
        scan_.bind_blob(3, to);
        RowOrder order{std::string(from)};
        while (true) {
            SLIPWAY_TRY(row, scan_.step());
            if (!row) {
                return {};
            }
            SLIPWAY_CHECK(order.check(scan_.bytes(0)));
            if (!visit(scan_.bytes(0))) {
                return {};
            }
        }
    }
    /// The row that scan() visits now; attributes hold only the storage class.
    objects::ObjectInfo scanned() const;

    /// The reads until end_snapshot() see one state of the index: the one after so many commits, or
    /// a later one. A snapshot of as many commits goes on, which spares locking the log and reading
    /// its head: a third of what finding an object costs.
    Result<> begin_snapshot(std::uint64_t commits);
    /// While there is a snapshot, what was committed since stays in the log.
    void end_snapshot();

  private:
    IndexReader() = default;

    sqlite::Database database_;
    UploadReader uploads_;
    sqlite::Statement find_;
    sqlite::Statement find_with_data_;
    sqlite::Statement refers_to_;
    sqlite::Statement scan_;
    sqlite::Statement begin_;
    sqlite::Statement end_;
    std::uint64_t snapshot_commits_ = 0;
};

}  // namespace slipway::store
