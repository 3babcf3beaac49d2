// SPDX-License-Identifier: Apache-2.0
#include "store/index_reader.h"

#include "store/attributes.h"
#include "store/columns.h"

#include <charconv>
#include <utility>

namespace slipway::store {
namespace {

using objects::ObjectInfo;

// The columns every query of objects starts with, in the order read_info() wants them.
#define SLIPWAY_INFO_COLUMNS \
    "o.key, o.size, o.modified, o.etag, o.storage_class, o.checksum_algorithm, o.checksum"
constexpr int attributes_column = 7;
constexpr int file_column = 8;
constexpr int manifest_column = 9;
constexpr int data_column = 10;

constexpr std::string_view find_sql = "SELECT " SLIPWAY_INFO_COLUMNS
                                      ", o.attributes, o.file, o.manifest FROM objects o "
                                      "WHERE o.bucket = ?1 AND o.key = ?2";
constexpr std::string_view find_with_data_sql =
    "SELECT " SLIPWAY_INFO_COLUMNS
    ", o.attributes, o.file, o.manifest, b.data FROM objects o "
    "LEFT JOIN blobs b ON b.id = o.blob WHERE o.bucket = ?1 AND o.key = ?2";
constexpr std::string_view scan_sql =
    "SELECT " SLIPWAY_INFO_COLUMNS
    " FROM objects o "
    "WHERE o.bucket = ?1 AND o.key >= ?2 AND o.key < ?3 ORDER BY o.key";
#undef SLIPWAY_INFO_COLUMNS

/// The ETag of an object of parts ends with their number.
unsigned parts_count_of(std::string_view etag) {
    unsigned count = 0;
    if (const auto dash = etag.find('-'); dash != std::string_view::npos) {
        std::from_chars(etag.data() + dash + 1, etag.data() + etag.size(), count);
    }
    return count;
}

ObjectInfo read_info(const sqlite::Statement& row) {
    ObjectInfo info;
    info.key = row.bytes(0);
    info.size = static_cast<std::uint64_t>(row.integer(1));
    info.last_modified = time_in(row, 2);
    info.etag = row.bytes(3);
    info.attributes.storage_class = storage_class_in(row, 4);
    info.checksum = checksum_in(row, 5);
    info.parts_count = parts_count_of(info.etag);
    return info;
}

}  // namespace

Result<std::unique_ptr<IndexReader>> IndexReader::open(const sqlite::DatabaseOptions& options) {
    std::unique_ptr<IndexReader> reader(new IndexReader);
    SLIPWAY_TRY(database, sqlite::Database::open(options));
    reader->database_ = std::move(database);
    SLIPWAY_CHECK(reader->database_.prepare_all({
        {&reader->find_, find_sql},
        {&reader->find_with_data_, find_with_data_sql},
        {&reader->scan_, scan_sql},
        {&reader->refers_to_, "SELECT 1 FROM objects WHERE file = ?1"},
        {&reader->begin_, "BEGIN"},
        {&reader->end_, "COMMIT"},
    }));
    SLIPWAY_CHECK(reader->uploads_.prepare(reader->database_));
    return reader;
}

Result<std::optional<ObjectRow>> IndexReader::find(std::int64_t bucket,
                                                   std::string_view key,
                                                   Data data) {
    sqlite::Statement& statement = data == Data::load ? find_with_data_ : find_;
    const sqlite::ResetAtEnd reset_at_end(statement);
    statement.bind(1, bucket);
    statement.bind_blob(2, key);
    SLIPWAY_TRY(there, statement.step());
    if (!there) {
        return std::nullopt;
    }
    ObjectRow row;
    row.info = read_info(statement);
    if (!statement.is_null(attributes_column)) {
        SLIPWAY_TRY(decoded, decode_attributes(statement.bytes(attributes_column)));
        decoded.attributes.storage_class = std::move(row.info.attributes.storage_class);
        row.info.attributes = std::move(decoded.attributes);
        row.info.restoration = decoded.restoration;
    }
    row.file = statement.bytes(file_column);
    row.manifest = optional_in(statement, manifest_column);
    if (data == Data::load && row.file.empty() && !row.manifest) {
        row.data = statement.bytes(data_column);
        if (row.data.size() != row.info.size) {
            return damaged_index("the bytes of an object are missing");
        }
    }
    return row;
}

Result<bool> IndexReader::refers_to(std::string_view file) {
    const sqlite::ResetAtEnd reset_at_end(refers_to_);
    refers_to_.bind_text(1, file);
    SLIPWAY_TRY(object, refers_to_.step());
    return object ? Result<bool>(true) : uploads_.refers_to(file);
}

ObjectInfo IndexReader::scanned() const {
    return read_info(scan_);
}

Result<> IndexReader::begin_snapshot(std::uint64_t commits) {
    if (database_.in_transaction()) {
        if (snapshot_commits_ == commits) {
            return {};
        }
        end_snapshot();
    }
    snapshot_commits_ = commits;
    return begin_.run();
}

void IndexReader::end_snapshot() {
    if (database_.in_transaction()) {
        // It only read: nothing can be lost whatever COMMIT says.
        static_cast<void>(end_.run());
    }
}

}  // namespace slipway::store
