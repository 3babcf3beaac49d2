// SPDX-License-Identifier: Apache-2.0
#include "store/object_table.h"

#include "objects/conditions.h"
#include "s3/errors.h"
#include "store/attributes.h"
#include "store/columns.h"

#include <utility>

namespace slipway::store {

Result<> ObjectTable::prepare() {
    return database_.prepare_all({
        {&find_,
         "SELECT etag, file, blob, manifest, modified FROM objects WHERE bucket = ?1 AND key = ?2"},
        {&insert_,
         "INSERT OR REPLACE INTO objects (bucket, key, size, modified, etag, storage_class, "
         "checksum_algorithm, checksum, file, blob, attributes, manifest) "
         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"},
        {&remove_, "DELETE FROM objects WHERE bucket = ?1 AND key = ?2"},
        {&any_, "SELECT 1 FROM objects WHERE bucket = ?1 LIMIT 1"},
        {&read_attributes_, "SELECT attributes FROM objects WHERE bucket = ?1 AND key = ?2"},
        {&write_attributes_, "UPDATE objects SET attributes = ?3 WHERE bucket = ?1 AND key = ?2"},
    });
}

auto ObjectTable::find(std::int64_t bucket, std::string_view key)
    -> Result<std::optional<Current>> {
    const sqlite::ResetAtEnd reset_at_end(find_);
    find_.bind(1, bucket);
    find_.bind_blob(2, key);
    SLIPWAY_TRY(there, find_.step());
    if (!there) {
        return std::nullopt;
    }
    Current current;
    current.etag = find_.bytes(0);
    current.file = find_.bytes(1);
    current.blob = optional_in(find_, 2);
    current.manifest = optional_in(find_, 3);
    current.modified = time_in(find_, 4);
    return current;
}

Result<> ObjectTable::put(std::int64_t bucket, const PutObject& put, IndexChange& change) {
    SLIPWAY_TRY(current, find(bucket, put.info.key));
    change.outcome = objects::check_write(put.conditions, current ? &current->etag : nullptr);
    if (!change.outcome) {
        return {};
    }
    SLIPWAY_TRY(blob, blobs_.store(put.data, current ? current->blob : std::nullopt));
    Place place;
    place.file = put.file != nullptr ? std::string_view(put.file->id()) : std::string_view();
    place.blob = blob;
    SLIPWAY_CHECK(insert(bucket, put.info, place));
    return release(current, change);
}

Result<> ObjectTable::complete(std::int64_t bucket,
                               const CompleteUpload& completion,
                               IndexChange& change) {
    SLIPWAY_TRY(current, find(bucket, completion.info.key));
    change.outcome =
        objects::check_write(completion.conditions, current ? &current->etag : nullptr);
    if (!change.outcome) {
        return {};
    }
    SLIPWAY_TRY(manifest, uploads_.complete(bucket, completion, change));
    if (!manifest) {
        return {};
    }
    SLIPWAY_CHECK(blobs_.remove(current ? current->blob : std::nullopt));
    Place place;
    place.manifest = manifest;
    SLIPWAY_CHECK(insert(bucket, completion.info, place));
    return release(current, change);
}

Result<> ObjectTable::release(const std::optional<Current>& current, IndexChange& change) {
    if (!current) {
        return {};
    }
    if (!current->file.empty()) {
        change.garbage.push_back(current->file);
    }
    if (current->manifest) {
        change.upload_dropped = true;
        return uploads_.drop(*current->manifest);
    }
    return {};
}

Result<> ObjectTable::insert(std::int64_t bucket,
                             const objects::ObjectInfo& info,
                             const Place& place) {
    const std::string attributes = encode_attributes(info.attributes, info.restoration);
    insert_.bind(1, bucket);
    insert_.bind_blob(2, info.key);
    insert_.bind(3, static_cast<std::int64_t>(info.size));
    bind_time(insert_, 4, info.last_modified);
    insert_.bind_text(5, info.etag);
    bind_storage_class(insert_, 6, info.attributes.storage_class);
    bind_checksum(insert_, 7, info.checksum);
    bind_optional(insert_, 9, place.file);
    bind_optional(insert_, 10, place.blob);
    bind_optional_blob(insert_, 11, attributes);
    bind_optional(insert_, 12, place.manifest);
    return insert_.run();
}

Result<> ObjectTable::remove_row(std::int64_t bucket,
                                 std::string_view key,
                                 const Current& current,
                                 IndexChange& change) {
    SLIPWAY_CHECK(blobs_.remove(current.blob));
    remove_.bind(1, bucket);
    remove_.bind_blob(2, key);
    SLIPWAY_CHECK(remove_.run());
    return release(current, change);
}

Result<> ObjectTable::remove(std::int64_t bucket,
                             const RemoveObject& removal,
                             IndexChange& change) {
    SLIPWAY_TRY(current, find(bucket, removal.key));
    change.outcome = objects::check_write(removal.conditions, current ? &current->etag : nullptr);
    if (!change.outcome || !current) {
        return {};
    }
    return remove_row(bucket, removal.key, *current, change);
}

Result<> ObjectTable::expire(std::int64_t bucket,
                             const ExpireObjects& expiry,
                             IndexChange& change) {
    for (const ExpireObjects::Object& object : expiry.objects) {
        SLIPWAY_TRY(current, find(bucket, object.key));
        if (current && current->modified == object.modified) {
            SLIPWAY_CHECK(remove_row(bucket, object.key, *current, change));
        }
    }
    return {};
}

Result<> ObjectTable::change(std::int64_t bucket, const ChangeObject& what, IndexChange& change) {
    read_attributes_.bind(1, bucket);
    read_attributes_.bind_blob(2, what.key);
    std::string encoded;
    {
        const sqlite::ResetAtEnd reset_at_end(read_attributes_);
        SLIPWAY_TRY(there, read_attributes_.step());
        if (!there) {
            change.outcome = s3::s3_fail("NoSuchKey");
            return {};
        }
        encoded = read_attributes_.bytes(0);
    }
    SLIPWAY_TRY(now, decode_attributes(encoded));
    if (what.change.tagging) {
        now.attributes.tagging = *what.change.tagging;
    }
    if (what.change.acl) {
        now.attributes.acl = *what.change.acl;
    }
    if (what.change.restoration) {
        now.restoration = what.change.restoration;
    }
    encoded = encode_attributes(now.attributes, now.restoration);
    write_attributes_.bind(1, bucket);
    write_attributes_.bind_blob(2, what.key);
    bind_optional_blob(write_attributes_, 3, encoded);
    return write_attributes_.run();
}

Result<bool> ObjectTable::any_in(std::int64_t bucket) {
    const sqlite::ResetAtEnd reset_at_end(any_);
    any_.bind(1, bucket);
    return any_.step();
}

}  // namespace slipway::store
