// SPDX-License-Identifier: Apache-2.0
#include "store/check_contents.h"

#include "objects/multipart.h"
#include "store/attributes.h"
#include "store/columns.h"
#include "store/upload_table.h"

#include <fmt/format.h>

#include <span>
#include <string_view>

namespace slipway::store {
namespace {

using What = CheckFinding::What;

constexpr std::size_t piece_bytes = 256 * 1024;

constexpr std::string_view lost =
    "; restore the store from a backup, or upload the object again, or delete it";

// A dropped upload is on its way out: what is left of it is the janitor's business.
constexpr std::string_view count_sql =
    "SELECT (SELECT count(*) FROM objects), "
    "(SELECT total(size) FROM objects WHERE manifest IS NULL) + "
    "(SELECT total(p.size) FROM parts p JOIN uploads u ON u.id = p.upload AND u.state != 2)";
constexpr std::string_view objects_sql =
    "SELECT b.name, o.key, o.size, o.etag, o.checksum_algorithm, o.checksum, o.attributes, o.file, "
    "o.blob, d.data, o.manifest, u.state FROM objects o LEFT JOIN buckets b ON b.id = o.bucket "
    "LEFT JOIN blobs d ON d.id = o.blob LEFT JOIN uploads u ON u.id = o.manifest "
    "ORDER BY o.bucket, o.key";
constexpr std::string_view parts_sql =
    "SELECT b.name, u.key, p.number, p.size, p.etag, p.checksum_algorithm, p.checksum, p.file, "
    "p.blob, d.data, u.state FROM parts p LEFT JOIN uploads u ON u.id = p.upload "
    "LEFT JOIN buckets b ON b.id = u.bucket LEFT JOIN blobs d ON d.id = p.blob "
    "ORDER BY p.upload, p.number";
constexpr std::string_view parts_of_sql =
    "SELECT number, size, etag, checksum_algorithm, checksum, position FROM parts "
    "WHERE upload = ?1 ORDER BY number";
constexpr std::string_view unused_uploads_sql =
    "SELECT u.id FROM uploads u LEFT JOIN objects o ON o.bucket = u.bucket AND o.key = u.key "
    "AND o.manifest = u.id WHERE u.state = 1 AND o.key IS NULL";

bool has_state(const sqlite::Statement& row, int column, UploadState state) {
    return !row.is_null(column) && row.integer(column) == static_cast<std::int64_t>(state);
}

}  // namespace

Result<> ContentsCheck::run() {
    piece_.resize(piece_bytes);
    SLIPWAY_TRY(parts_of, database_.prepare(parts_of_sql));
    parts_of_ = std::move(parts_of);
    SLIPWAY_CHECK(count_all());
    SLIPWAY_CHECK(check_objects());
    SLIPWAY_CHECK(check_parts());
    return check_uploads();
}

Result<> ContentsCheck::count_all() {
    SLIPWAY_TRY(sums, database_.prepare(count_sql));
    SLIPWAY_CHECK(sums.step());
    log_.expect(static_cast<std::uint64_t>(sums.integer(0)),
                static_cast<std::uint64_t>(sums.integer(1)));
    return {};
}

Result<> ContentsCheck::check_objects() {
    SLIPWAY_TRY(rows, database_.prepare(objects_sql));
    while (true) {
        SLIPWAY_TRY(row, rows.step());
        if (!row) {
            return {};
        }
        SLIPWAY_CHECK(check_object(rows));
        log_.count_object();
    }
}

Result<> ContentsCheck::check_object(const sqlite::Statement& row) {
    constexpr int manifest_column = 10;
    constexpr int state_column = 11;
    const std::string where = fmt::format("{}/{}", row.bytes(0), row.bytes(1));
    if (row.is_null(0)) {
        tell_index(where, "the object is in no bucket");
    }
    if (const auto attributes = decode_attributes(row.bytes(6)); !attributes) {
        log_.tell(What::index_damaged, where, attributes.error().message);
    }
    if (!row.is_null(manifest_column)) {
        if (!has_state(row, state_column, UploadState::completed)) {
            tell_index(where, "its parts are not those of a completed upload");
        }
        return check_made_of(where, row);
    }
    RecordedContent recorded;
    recorded.size = static_cast<std::uint64_t>(row.integer(2));
    recorded.md5 = row.bytes(3);
    recorded.checksum = checksum_in(row, 4);
    return check_bytes(where, recorded, row, Place{7, 8, 9});
}

/// The bytes are compared with the parts', so here it is enough that these make the object.
Result<> ContentsCheck::check_made_of(const std::string& where, const sqlite::Statement& row) {
    const sqlite::ResetAtEnd reset_at_end(parts_of_);
    parts_of_.bind(1, row.integer(10));
    std::vector<objects::PartInfo> parts;
    std::uint64_t size = 0;
    bool in_place = true;
    while (true) {
        SLIPWAY_TRY(there, parts_of_.step());
        if (!there) {
            break;
        }
        objects::PartInfo& part = parts.emplace_back();
        part.number = static_cast<unsigned>(parts_of_.integer(0));
        part.size = static_cast<std::uint64_t>(parts_of_.integer(1));
        part.etag = parts_of_.bytes(2);
        part.checksum = checksum_in(parts_of_, 3);
        in_place = in_place && !parts_of_.is_null(5) &&
                   static_cast<std::uint64_t>(parts_of_.integer(5)) == size;
        size += part.size;
    }
    const auto checksum = checksum_in(row, 4);
    const auto made = checksum && objects::is_composite(*checksum)
                          ? objects::composite_checksum(parts)
                          : objects::combined_checksum(parts);
    if (size != static_cast<std::uint64_t>(row.integer(2)) || !in_place) {
        log_.tell(
            What::object_missing, where,
            fmt::format("its parts have {} bytes, and it has {}{}", size, row.integer(2), lost));
    } else if (objects::multipart_etag(parts) != row.bytes(3) || (checksum && made != checksum)) {
        tell_damage(where, "its ETag or checksum is not that of its parts");
    }
    return {};
}

Result<> ContentsCheck::check_parts() {
    SLIPWAY_TRY(rows, database_.prepare(parts_sql));
    while (true) {
        SLIPWAY_TRY(row, rows.step());
        if (!row) {
            return {};
        }
        SLIPWAY_CHECK(check_part(rows));
    }
}

Result<> ContentsCheck::check_part(const sqlite::Statement& row) {
    constexpr int state_column = 10;
    const Place place{7, 8, 9};
    const std::string where =
        fmt::format("{}/{} part {}", row.bytes(0), row.bytes(1), row.integer(2));
    if (row.is_null(state_column)) {
        tell_index(where, "the part is of no upload");
    }
    if (has_state(row, state_column, UploadState::dropped)) {
        if (const auto blob = optional_in(row, place.blob_column)) {
            blobs_.add(*blob);
        }
        return {};
    }
    RecordedContent recorded;
    recorded.size = static_cast<std::uint64_t>(row.integer(3));
    recorded.md5 = row.bytes(4);
    recorded.checksum = checksum_in(row, 5);
    return check_bytes(where, recorded, row, place);
}

/// Parts that would take room for ever.
Result<> ContentsCheck::check_uploads() {
    SLIPWAY_TRY(rows, database_.prepare(unused_uploads_sql));
    while (true) {
        SLIPWAY_TRY(row, rows.step());
        if (!row) {
            return {};
        }
        tell_index(fmt::format("index.db: upload {}", rows.integer(0)),
                   "the upload is completed, and its object is not there");
    }
}

Result<> ContentsCheck::check_bytes(const std::string& where,
                                    const RecordedContent& recorded,
                                    const sqlite::Statement& row,
                                    const Place& place) {
    if (!row.is_null(place.file_column)) {
        return check_file(where, recorded, std::string(row.bytes(place.file_column)));
    }
    const auto blob = optional_in(row, place.blob_column);
    if (blob && !blobs_.add(*blob)) {
        tell_index(where, "its bytes are another object's as well");
    }
    if (blob && row.is_null(place.data_column)) {
        log_.tell(What::object_missing, where,
                  fmt::format("its bytes are not in the index{}", lost));
        return {};
    }
    ContentCheck check(recorded);
    check.update(row.bytes(place.data_column));
    log_.count_bytes(row.bytes(place.data_column).size());
    tell_damage(where, check.finish());
    return {};
}

Result<> ContentsCheck::check_file(const std::string& where,
                                   const RecordedContent& recorded,
                                   const std::string& id) {
    auto file = files_.open_to_read(id);
    if (!file) {
        if (file.error().kind != ErrorKind::not_found) {
            return fail(std::move(file).error());
        }
        log_.tell(What::object_missing, where,
                  fmt::format("its file {} is missing{}", DataFiles::name_of(id), lost));
        return {};
    }
    ContentCheck check(recorded);
    for (std::uint64_t done = 0;;) {
        const auto got = files_.system().read_some((*file)->fd(), piece_, done);
        if (!got) {
            tell_damage(where, fmt::format("its file {} cannot be read: {}", DataFiles::name_of(id),
                                           got.error().message));
            return {};
        }
        if (*got == 0) {
            break;
        }
        check.update(std::span<const std::byte>(piece_).first(*got));
        done += *got;
        log_.count_bytes(*got);
    }
    tell_damage(where, check.finish());
    return {};
}

void ContentsCheck::tell_index(const std::string& where, std::string_view words) {
    log_.tell(What::index_damaged, where,
              fmt::format("{}; restore the store from a backup", words));
}

void ContentsCheck::tell_damage(const std::string& where, const std::string& words) {
    if (!words.empty()) {
        log_.tell(What::object_damaged, where, fmt::format("{}{}", words, lost));
    }
}

}  // namespace slipway::store
