// SPDX-License-Identifier: Apache-2.0
#include "store/upload_reader.h"

#include "store/attributes.h"
#include "store/columns.h"

#include <algorithm>
#include <utility>

namespace slipway::store {
namespace {

using objects::ChecksumAlgorithm;

// What upload_in() reads, in its order.
#define SLIPWAY_UPLOAD_COLUMNS \
    "id, secret, key, initiated, state, storage_class, checksum_algorithm, composite"
constexpr int attributes_column = 8;

}  // namespace

Result<> UploadReader::prepare(sqlite::Database& database) {
    return database.prepare_all({
        {&find_, "SELECT " SLIPWAY_UPLOAD_COLUMNS ", attributes FROM uploads "
                 "WHERE id = ?1 AND secret = ?2 AND bucket = ?3 AND key = ?4"},
        {&parts_,
         "SELECT number, size, etag, checksum_algorithm, checksum, modified FROM parts "
         "WHERE upload = ?1 AND number > ?2 ORDER BY number LIMIT ?3"},
        {&place_of_,
         "SELECT position, size FROM parts WHERE upload = ?1 ORDER BY number LIMIT 1 OFFSET ?2"},
        // From the last part that begins at or before the first byte.
        {&segments_,
         "SELECT p.position, p.size, p.file, b.data FROM parts p LEFT JOIN blobs b ON b.id = "
         "p.blob WHERE p.upload = ?1 AND p.position < ?3 AND p.position >= (SELECT max(position) "
         "FROM parts WHERE upload = ?1 AND position <= ?2) ORDER BY p.position"},
        {&scan_, "SELECT " SLIPWAY_UPLOAD_COLUMNS
                 " FROM uploads WHERE bucket = ?1 AND state = 0 AND (key, id) > (?2, ?3) AND "
                 "key < ?4 ORDER BY key, id"},
        {&dropped_, "SELECT id FROM uploads WHERE state = 2 AND id > ?1 ORDER BY id LIMIT 100"},
        {&refers_to_, "SELECT 1 FROM parts WHERE file = ?1"},
    });
}
#undef SLIPWAY_UPLOAD_COLUMNS

UploadRow UploadReader::upload_in(const sqlite::Statement& row) {
    UploadRow upload;
    upload.row = row.integer(0);
    upload.info.upload.upload_id = to_text(UploadId{upload.row, std::string(row.bytes(1))});
    upload.info.upload.key = row.bytes(2);
    upload.info.initiated = time_in(row, 3);
    upload.state = static_cast<UploadState>(row.integer(4));
    upload.info.attributes.storage_class = storage_class_in(row, 5);
    if (const auto algorithm = optional_in(row, 6)) {
        upload.info.checksum_algorithm = static_cast<ChecksumAlgorithm>(*algorithm);
    }
    upload.info.composite = row.integer(7) != 0;
    return upload;
}

Result<std::optional<UploadRow>> UploadReader::find(std::int64_t bucket,
                                                    const objects::MultipartUpload& upload) {
    const auto id = parse_upload_id(upload.upload_id);
    if (!id) {
        return std::nullopt;
    }
    const sqlite::ResetAtEnd reset_at_end(find_);
    find_.bind(1, id->row);
    find_.bind_text(2, id->secret);
    find_.bind(3, bucket);
    find_.bind_blob(4, upload.key);
    SLIPWAY_TRY(there, find_.step());
    if (!there) {
        return std::nullopt;
    }
    UploadRow found = upload_in(find_);
    SLIPWAY_TRY(decoded, decode_attributes(find_.bytes(attributes_column)));
    decoded.attributes.storage_class = std::move(found.info.attributes.storage_class);
    found.info.attributes = std::move(decoded.attributes);
    found.info.upload.bucket = upload.bucket;
    return found;
}

Result<std::vector<objects::PartInfo>> UploadReader::parts(std::int64_t row,
                                                           unsigned number_marker,
                                                           unsigned parts_max) {
    const sqlite::ResetAtEnd reset_at_end(parts_);
    parts_.bind(1, row);
    parts_.bind(2, std::int64_t{number_marker});
    parts_.bind(3, std::int64_t{parts_max});
    std::vector<objects::PartInfo> parts;
    while (true) {
        SLIPWAY_TRY(there, parts_.step());
        if (!there) {
            return parts;
        }
        objects::PartInfo& part = parts.emplace_back();
        part.number = static_cast<unsigned>(parts_.integer(0));
        part.size = static_cast<std::uint64_t>(parts_.integer(1));
        part.etag = parts_.bytes(2);
        part.checksum = checksum_in(parts_, 3);
        part.last_modified = time_in(parts_, 5);
    }
}

Result<std::optional<objects::Slice>> UploadReader::place_of(std::int64_t row, unsigned n) {
    const sqlite::ResetAtEnd reset_at_end(place_of_);
    place_of_.bind(1, row);
    place_of_.bind(2, std::int64_t{n} - 1);
    SLIPWAY_TRY(there, place_of_.step());
    if (!there) {
        return std::nullopt;
    }
    return objects::Slice{static_cast<std::uint64_t>(place_of_.integer(0)),
                          static_cast<std::uint64_t>(place_of_.integer(1)), true};
}

Result<std::vector<Segment>> UploadReader::segments(std::int64_t row, const objects::Slice& slice) {
    const sqlite::ResetAtEnd reset_at_end(segments_);
    const std::uint64_t end = slice.offset + slice.length;
    segments_.bind(1, row);
    segments_.bind(2, static_cast<std::int64_t>(slice.offset));
    segments_.bind(3, static_cast<std::int64_t>(end));
    std::vector<Segment> segments;
    std::uint64_t covered = 0;
    while (true) {
        SLIPWAY_TRY(there, segments_.step());
        if (!there) {
            break;
        }
        const auto position = static_cast<std::uint64_t>(segments_.integer(0));
        const auto size = static_cast<std::uint64_t>(segments_.integer(1));
        const std::uint64_t first = std::max(position, slice.offset);
        const std::uint64_t last = std::min(position + size, end);
        if (first >= last) {
            continue;  // an empty part
        }
        Segment& segment = segments.emplace_back();
        segment.file = segments_.bytes(2);
        segment.offset = first - position;
        segment.size = last - first;
        if (segment.file.empty()) {
            const std::string_view data = segments_.bytes(3);
            if (data.size() == size) {
                segment.data = data.substr(segment.offset, segment.size);
            }
        }
        covered += segment.file.empty() ? segment.data.size() : segment.size;
    }
    if (covered != slice.length) {
        return damaged_index("parts of an object are missing");
    }
    return segments;
}

Result<std::vector<std::int64_t>> UploadReader::dropped(std::int64_t row) {
    const sqlite::ResetAtEnd reset_at_end(dropped_);
    dropped_.bind(1, row);
    RowOrder order(row + 1);
    std::vector<std::int64_t> rows;
    while (true) {
        SLIPWAY_TRY(there, dropped_.step());
        if (!there) {
            return rows;
        }
        rows.push_back(dropped_.integer(0));
        SLIPWAY_CHECK(order.check(rows.back()));
    }
}

Result<bool> UploadReader::refers_to(std::string_view file) {
    const sqlite::ResetAtEnd reset_at_end(refers_to_);
    refers_to_.bind_text(1, file);
    return refers_to_.step();
}

}  // namespace slipway::store
