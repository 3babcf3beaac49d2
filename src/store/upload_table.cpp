// SPDX-License-Identifier: Apache-2.0
#include "store/upload_table.h"

#include "s3/errors.h"
#include "s3/limits.h"
#include "store/attributes.h"
#include "store/columns.h"
#include "store/damaged_index.h"

#include <utility>

namespace slipway::store {
namespace {

using objects::PartInfo;

constexpr auto number_of(UploadState state) {
    return static_cast<std::int64_t>(state);
}

}  // namespace

Result<> UploadTable::prepare() {
    return database_.prepare_all({
        {&insert_,
         "INSERT INTO uploads (secret, bucket, key, initiated, state, storage_class, "
         "checksum_algorithm, composite, attributes) VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8)"},
        {&find_open_,
         "SELECT 1 FROM uploads WHERE id = ?1 AND secret = ?2 AND bucket = ?3 AND key = ?4 AND "
         "state = 0"},
        {&set_state_, "UPDATE uploads SET state = ?2, attributes = NULL WHERE id = ?1"},
        {&abort_all_, "UPDATE uploads SET state = 2 WHERE bucket = ?1 AND state = 0"},
        {&remove_, "DELETE FROM uploads WHERE id = ?1"},
        {&insert_part_,
         "INSERT OR REPLACE INTO parts (upload, number, size, modified, etag, checksum_algorithm, "
         "checksum, file, blob) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"},
        {&find_part_, "SELECT file, blob FROM parts WHERE upload = ?1 AND number = ?2"},
        {&parts_of_,
         "SELECT number, size, etag, file, blob FROM parts WHERE upload = ?1 ORDER BY number "
         "LIMIT ?2"},
        {&place_part_, "UPDATE parts SET position = ?3 WHERE upload = ?1 AND number = ?2"},
        {&remove_part_, "DELETE FROM parts WHERE upload = ?1 AND number = ?2"},
    });
}

Result<> UploadTable::create(std::int64_t bucket, CreateUpload& creation) {
    const objects::MultipartUploadInfo& info = creation.info;
    const std::string attributes = encode_attributes(info.attributes);
    std::optional<std::int64_t> algorithm;
    if (info.checksum_algorithm) {
        algorithm = static_cast<std::int64_t>(*info.checksum_algorithm);
    }
    insert_.bind_text(1, creation.id.secret);
    insert_.bind(2, bucket);
    insert_.bind_blob(3, info.upload.key);
    bind_time(insert_, 4, info.initiated);
    bind_storage_class(insert_, 5, info.attributes.storage_class);
    bind_optional(insert_, 6, algorithm);
    insert_.bind(7, info.composite ? 1 : 0);
    bind_optional_blob(insert_, 8, attributes);
    SLIPWAY_CHECK(insert_.run());
    creation.id.row = database_.last_insert_rowid();
    return {};
}

Result<std::optional<std::int64_t>> UploadTable::find_open(std::int64_t bucket,
                                                           const objects::MultipartUpload& upload) {
    const auto id = parse_upload_id(upload.upload_id);
    if (!id) {
        return std::nullopt;
    }
    const sqlite::ResetAtEnd reset_at_end(find_open_);
    find_open_.bind(1, id->row);
    find_open_.bind_text(2, id->secret);
    find_open_.bind(3, bucket);
    find_open_.bind_blob(4, upload.key);
    SLIPWAY_TRY(there, find_open_.step());
    return there ? std::optional(id->row) : std::nullopt;
}

auto UploadTable::find_part(std::int64_t row, unsigned number) -> Result<std::optional<Part>> {
    const sqlite::ResetAtEnd reset_at_end(find_part_);
    find_part_.bind(1, row);
    find_part_.bind(2, std::int64_t{number});
    SLIPWAY_TRY(there, find_part_.step());
    if (!there) {
        return std::nullopt;
    }
    Part part;
    part.info.number = number;
    part.file = find_part_.bytes(0);
    part.blob = optional_in(find_part_, 1);
    return part;
}

auto UploadTable::parts_of(std::int64_t row, unsigned parts_max) -> Result<std::vector<Part>> {
    const sqlite::ResetAtEnd reset_at_end(parts_of_);
    parts_of_.bind(1, row);
    parts_of_.bind(2, std::int64_t{parts_max});
    std::vector<Part> parts;
    while (true) {
        SLIPWAY_TRY(there, parts_of_.step());
        if (!there) {
            return parts;
        }
        Part& part = parts.emplace_back();
        part.info.number = static_cast<unsigned>(parts_of_.integer(0));
        part.info.size = static_cast<std::uint64_t>(parts_of_.integer(1));
        part.info.etag = parts_of_.bytes(2);
        part.file = parts_of_.bytes(3);
        part.blob = optional_in(parts_of_, 4);
    }
}

Result<> UploadTable::put(std::int64_t bucket, const PutPart& put, IndexChange& change) {
    SLIPWAY_TRY(row, find_open(bucket, put.upload));
    if (!row) {
        change.outcome = s3::s3_fail("NoSuchUpload");
        return {};
    }
    SLIPWAY_TRY(replaced, find_part(*row, put.part.number));
    SLIPWAY_TRY(blob, blobs_.store(put.data, replaced ? replaced->blob : std::nullopt));
    insert_part_.bind(1, *row);
    insert_part_.bind(2, std::int64_t{put.part.number});
    insert_part_.bind(3, static_cast<std::int64_t>(put.part.size));
    bind_time(insert_part_, 4, put.part.last_modified);
    insert_part_.bind_text(5, put.part.etag);
    bind_checksum(insert_part_, 6, put.part.checksum);
    bind_optional(insert_part_, 8,
                  put.file != nullptr ? std::string_view(put.file->id()) : std::string_view());
    bind_optional(insert_part_, 9, blob);
    SLIPWAY_CHECK(insert_part_.run());
    if (replaced && !replaced->file.empty()) {
        change.garbage.push_back(std::move(replaced->file));
    }
    return {};
}

Result<std::optional<std::int64_t>> UploadTable::complete(std::int64_t bucket,
                                                          const CompleteUpload& completion,
                                                          IndexChange& change) {
    SLIPWAY_TRY(row, find_open(bucket, completion.upload));
    if (!row) {
        change.outcome = s3::s3_fail("NoSuchUpload");
        return std::nullopt;
    }
    SLIPWAY_TRY(there, parts_of(*row, s3::parts_max));
    std::vector<Part> unnamed;
    auto named = completion.parts.begin();
    for (Part& part : there) {
        const bool same = named != completion.parts.end() && part.info.number == named->number;
        if (!same) {
            unnamed.push_back(std::move(part));
            continue;
        }
        if (part.info.etag != named->etag || part.info.size != named->size) {
            break;  // replaced since it was looked at
        }
        ++named;
    }
    if (named != completion.parts.end()) {
        change.outcome = s3::s3_fail("InvalidPart");
        return std::nullopt;
    }
    for (const Part& part : unnamed) {
        SLIPWAY_CHECK(remove_part(*row, part, change));
    }
    std::uint64_t position = 0;
    for (const PartInfo& part : completion.parts) {
        place_part_.bind(1, *row);
        place_part_.bind(2, std::int64_t{part.number});
        place_part_.bind(3, static_cast<std::int64_t>(position));
        SLIPWAY_CHECK(place_part_.run());
        position += part.size;
    }
    set_state_.bind(1, *row);
    set_state_.bind(2, number_of(UploadState::completed));
    SLIPWAY_CHECK(set_state_.run());
    return row;
}

Result<> UploadTable::remove_part(std::int64_t row, const Part& part, IndexChange& change) {
    SLIPWAY_CHECK(blobs_.remove(part.blob));
    remove_part_.bind(1, row);
    remove_part_.bind(2, std::int64_t{part.info.number});
    SLIPWAY_CHECK(remove_part_.run());
    if (database_.changes() != 1) {
        return damaged_index("a part that is found cannot be removed");
    }
    if (!part.file.empty()) {
        change.garbage.push_back(part.file);
    }
    return {};
}

Result<> UploadTable::abort(std::int64_t bucket, const AbortUpload& abortion, IndexChange& change) {
    SLIPWAY_TRY(row, find_open(bucket, abortion.upload));
    if (!row) {
        return {};
    }
    change.upload_dropped = true;
    return drop(*row);
}

Result<> UploadTable::abort_all(std::int64_t bucket, IndexChange& change) {
    abort_all_.bind(1, bucket);
    SLIPWAY_CHECK(abort_all_.run());
    change.upload_dropped = true;
    return {};
}

Result<> UploadTable::drop(std::int64_t row) {
    set_state_.bind(1, row);
    set_state_.bind(2, number_of(UploadState::dropped));
    return set_state_.run();
}

Result<> UploadTable::clear(ClearUpload& clearing, IndexChange& change) {
    SLIPWAY_TRY(parts, parts_of(clearing.row, clearing.parts_max));
    for (const Part& part : parts) {
        SLIPWAY_CHECK(remove_part(clearing.row, part, change));
    }
    clearing.done = parts.size() < clearing.parts_max;
    if (clearing.done) {
        remove_.bind(1, clearing.row);
        return remove_.run();
    }
    return {};
}

}  // namespace slipway::store
