// SPDX-License-Identifier: Apache-2.0
#include "store/index_writer.h"

#include "objects/conditions.h"
#include "s3/errors.h"
#include "store/attributes.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::store {
namespace {

constexpr std::int64_t format_version = 1;

// docs/disk-format.md describes it. Keys are blobs: compared byte by byte, so in order of UTF-8,
// and whatever is in them. The bytes of small objects are in a table of their own, so that a page
// of `objects` holds many rows and listing and lookup touch few pages.
constexpr const char* schema = R"(
    CREATE TABLE buckets (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        created INTEGER NOT NULL
    );
    CREATE TABLE objects (
        bucket INTEGER NOT NULL,
        key BLOB NOT NULL,
        size INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        etag TEXT NOT NULL,
        storage_class TEXT,
        checksum_algorithm INTEGER,
        checksum TEXT,
        file TEXT,
        blob INTEGER,
        attributes BLOB,
        PRIMARY KEY (bucket, key)
    ) WITHOUT ROWID;
    CREATE UNIQUE INDEX objects_by_file ON objects (file) WHERE file IS NOT NULL;
    CREATE TABLE blobs (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
    CREATE TABLE settled (id INTEGER PRIMARY KEY CHECK (id = 1), times INTEGER NOT NULL);
    INSERT INTO settled VALUES (1, 0);
)";

Result<> create_tables(sqlite::Database& database) {
    SLIPWAY_TRY(version, database.query_integer("PRAGMA user_version"));
    if (version > format_version) {
        return fail(
            ErrorKind::unsupported,
            fmt::format("the store's index has format {}, and this version of Slipway knows "
                        "formats up to {}: run the newer version that wrote it",
                        version, format_version));
    }
    if (version == format_version) {
        return {};
    }
    const std::string sql =
        fmt::format("BEGIN IMMEDIATE; {} PRAGMA user_version = {}; COMMIT", schema, format_version);
    return database.execute(sql.c_str());
}

}  // namespace

Result<std::unique_ptr<IndexWriter>> IndexWriter::open(const sqlite::DatabaseOptions& options) {
    std::unique_ptr<IndexWriter> writer(new IndexWriter);
    SLIPWAY_TRY(database, sqlite::Database::open(options));
    writer->database_ = std::move(database);
    // secure_delete, Debian's default, would write zeros over what is freed.
    SLIPWAY_CHECK(writer->database_.execute(
        "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "PRAGMA secure_delete=OFF; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=0"));
    SLIPWAY_CHECK(create_tables(writer->database_));
    SLIPWAY_CHECK(writer->prepare());
    return writer;
}

Result<> IndexWriter::prepare() {
    const std::pair<sqlite::Statement*, std::string_view> all[] = {
        {&begin_, "BEGIN IMMEDIATE"},
        {&commit_, "COMMIT"},
        {&find_bucket_, "SELECT id FROM buckets WHERE name = ?1"},
        {&insert_bucket_, "INSERT INTO buckets (name, created) VALUES (?1, ?2)"},
        {&remove_bucket_, "DELETE FROM buckets WHERE id = ?1"},
        {&any_object_, "SELECT 1 FROM objects WHERE bucket = ?1 LIMIT 1"},
        {&find_current_, "SELECT etag, file, blob FROM objects WHERE bucket = ?1 AND key = ?2"},
        {&insert_object_,
         "INSERT OR REPLACE INTO objects (bucket, key, size, modified, etag, storage_class, "
         "checksum_algorithm, checksum, file, blob, attributes) "
         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"},
        {&remove_object_, "DELETE FROM objects WHERE bucket = ?1 AND key = ?2"},
        {&insert_blob_, "INSERT INTO blobs (data) VALUES (?1)"},
        {&update_blob_, "UPDATE blobs SET data = ?2 WHERE id = ?1"},
        {&remove_blob_, "DELETE FROM blobs WHERE id = ?1"},
        {&settle_, "UPDATE settled SET times = times + 1"},
    };
    for (const auto& [statement, sql] : all) {
        SLIPWAY_TRY(prepared, database_.prepare(sql));
        *statement = std::move(prepared);
    }
    return {};
}

void IndexWriter::commit(std::span<const std::unique_ptr<IndexChange>> changes) {
    const Result<> together = commit_together(changes);
    if (together) {
        return;
    }
    if (changes.size() == 1) {
        changes[0]->outcome = together;
        return;
    }
    // One that cannot be stored (no space for it, say) must not fail its neighbours.
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const Result<> alone = commit_together(changes.subspan(i, 1));
        if (!alone) {
            changes[i]->outcome = alone;
        }
    }
}

Result<> IndexWriter::commit_together(std::span<const std::unique_ptr<IndexChange>> changes) {
    SLIPWAY_CHECK(begin_.run());
    Result<> applied;
    for (const auto& change : changes) {
        change->outcome = {};
        change->garbage.clear();
        applied = std::visit([&](auto& what) { return apply(what, *change); }, change->what);
        if (!applied) {
            break;
        }
    }
    Result<> committed = applied ? commit_.run() : applied;
    if (!committed) {
        if (database_.in_transaction()) {
            static_cast<void>(database_.execute("ROLLBACK"));
        }
        // After a failed sync the commit may be in the log all the same, and a crash now could
        // bring it to light: its file must not be removed before a later commit has settled the
        // matter.
        const bool unknown = applied && committed.error().kind != ErrorKind::no_space;
        for (const auto& change : changes) {
            change->garbage.clear();
            auto* put = std::get_if<PutObject>(&change->what);
            if (unknown && put != nullptr && put->file != nullptr) {
                put->file->leave_to_scan();
            }
        }
        return committed;
    }
    for (const auto& change : changes) {
        auto* put = std::get_if<PutObject>(&change->what);
        if (put != nullptr && put->file != nullptr && change->outcome) {
            put->file->keep();
        }
    }
    return {};
}

Result<std::optional<std::int64_t>> IndexWriter::find_bucket(std::string_view name) {
    const sqlite::ResetAtEnd reset_at_end(find_bucket_);
    find_bucket_.bind_text(1, name);
    SLIPWAY_TRY(there, find_bucket_.step());
    return there ? std::optional(find_bucket_.integer(0)) : std::nullopt;
}

auto IndexWriter::find_current(std::int64_t bucket, std::string_view key)
    -> Result<std::optional<Current>> {
    const sqlite::ResetAtEnd reset_at_end(find_current_);
    find_current_.bind(1, bucket);
    find_current_.bind_blob(2, key);
    SLIPWAY_TRY(there, find_current_.step());
    if (!there) {
        return std::nullopt;
    }
    Current current;
    current.etag = find_current_.bytes(0);
    current.file = find_current_.bytes(1);
    if (!find_current_.is_null(2)) {
        current.blob = find_current_.integer(2);
    }
    return current;
}

Result<> IndexWriter::apply(PutObject& put, IndexChange& change) {
    SLIPWAY_TRY(bucket, find_bucket(put.bucket));
    if (!bucket) {
        change.outcome = s3::s3_fail("NoSuchBucket");
        return {};
    }
    SLIPWAY_TRY(current, find_current(*bucket, put.info.key));
    change.outcome = objects::check_write(put.conditions, current ? &current->etag : nullptr);
    if (!change.outcome) {
        return {};
    }
    SLIPWAY_TRY(blob, store_data(put.data, current ? current->blob : std::nullopt));
    SLIPWAY_CHECK(insert(*bucket, put, blob));
    if (current) {
        change.garbage = std::move(current->file);
    }
    return {};
}

Result<std::optional<std::int64_t>> IndexWriter::store_data(const std::string& data,
                                                            std::optional<std::int64_t> replaced) {
    if (data.empty()) {
        if (replaced) {
            remove_blob_.bind(1, *replaced);
            SLIPWAY_CHECK(remove_blob_.run());
        }
        return std::nullopt;
    }
    if (replaced) {
        update_blob_.bind(1, *replaced);
        update_blob_.bind_blob(2, data);
        SLIPWAY_CHECK(update_blob_.run());
        return replaced;
    }
    insert_blob_.bind_blob(1, data);
    SLIPWAY_CHECK(insert_blob_.run());
    return database_.last_insert_rowid();
}

Result<> IndexWriter::insert(std::int64_t bucket,
                             const PutObject& put,
                             std::optional<std::int64_t> blob) {
    const objects::ObjectInfo& info = put.info;
    const auto bind_optional = [this](int parameter, std::string_view text) {
        if (text.empty()) {
            insert_object_.bind_null(parameter);
        } else {
            insert_object_.bind_text(parameter, text);
        }
    };
    const std::string attributes = encode_attributes(info.attributes);
    const std::string& storage_class = info.attributes.storage_class;
    insert_object_.bind(1, bucket);
    insert_object_.bind_blob(2, info.key);
    insert_object_.bind(3, static_cast<std::int64_t>(info.size));
    insert_object_.bind(4, info.last_modified.time_since_epoch().count());
    insert_object_.bind_text(5, info.etag);
    bind_optional(6, storage_class == "STANDARD" ? std::string_view() : storage_class);
    if (info.checksum) {
        insert_object_.bind(7, static_cast<std::int64_t>(info.checksum->algorithm));
        insert_object_.bind_text(8, info.checksum->value);
    } else {
        insert_object_.bind_null(7);
        insert_object_.bind_null(8);
    }
    bind_optional(9, put.file != nullptr ? std::string_view(put.file->id()) : std::string_view());
    if (blob) {
        insert_object_.bind(10, *blob);
    } else {
        insert_object_.bind_null(10);
    }
    if (attributes.empty()) {
        insert_object_.bind_null(11);
    } else {
        insert_object_.bind_blob(11, attributes);
    }
    return insert_object_.run();
}

Result<> IndexWriter::apply(RemoveObject& removal, IndexChange& change) {
    SLIPWAY_TRY(bucket, find_bucket(removal.bucket));
    if (!bucket) {
        change.outcome = s3::s3_fail("NoSuchBucket");
        return {};
    }
    SLIPWAY_TRY(current, find_current(*bucket, removal.key));
    if (!current) {
        return {};
    }
    SLIPWAY_TRY(no_blob, store_data({}, current->blob));
    static_cast<void>(no_blob);
    remove_object_.bind(1, *bucket);
    remove_object_.bind_blob(2, removal.key);
    SLIPWAY_CHECK(remove_object_.run());
    change.garbage = std::move(current->file);
    return {};
}

Result<> IndexWriter::apply(CreateBucket& creation, IndexChange& change) {
    SLIPWAY_TRY(bucket, find_bucket(creation.bucket));
    if (bucket) {
        change.outcome = s3::s3_fail("BucketAlreadyOwnedByYou");
        return {};
    }
    insert_bucket_.bind_text(1, creation.bucket);
    insert_bucket_.bind(2, creation.created.time_since_epoch().count());
    return insert_bucket_.run();
}

Result<> IndexWriter::apply(RemoveBucket& removal, IndexChange& change) {
    SLIPWAY_TRY(bucket, find_bucket(removal.bucket));
    if (!bucket) {
        change.outcome = s3::s3_fail("NoSuchBucket");
        return {};
    }
    any_object_.bind(1, *bucket);
    auto any = any_object_.step();
    any_object_.reset();
    if (!any) {
        return fail(std::move(any).error());
    }
    if (*any) {
        change.outcome = s3::s3_fail("BucketNotEmpty");
        return {};
    }
    remove_bucket_.bind(1, *bucket);
    return remove_bucket_.run();
}

Result<> IndexWriter::apply(SettleLog&, IndexChange&) {
    return settle_.run();
}

}  // namespace slipway::store
