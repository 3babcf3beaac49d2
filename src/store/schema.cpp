// SPDX-License-Identifier: Apache-2.0
#include "store/schema.h"

#include <fmt/format.h>

#include <array>
#include <string>

namespace slipway::store {
namespace {

// What makes each format of the one before; never to be changed once released. Keys are blobs:
// compared byte by byte, so in order of UTF-8, and whatever is in them. The bytes of small objects
// are in a table of their own, so that a page of `objects` holds many rows and listing and lookup
// touch few pages.
constexpr std::array<const char*, 2> steps = {
    R"(
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
)",
    // `state` is UploadState. An id is never used again: it orders the uploads of a key, and an
    // object's `manifest` names for ever the one it was completed from.
    R"(
    ALTER TABLE objects ADD COLUMN manifest INTEGER;
    CREATE TABLE uploads (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        secret TEXT NOT NULL,
        bucket INTEGER NOT NULL,
        key BLOB NOT NULL,
        initiated INTEGER NOT NULL,
        state INTEGER NOT NULL,
        storage_class TEXT,
        checksum_algorithm INTEGER,
        composite INTEGER NOT NULL,
        attributes BLOB
    );
    CREATE INDEX uploads_open ON uploads (bucket, key, id) WHERE state = 0;
    CREATE INDEX uploads_dropped ON uploads (id) WHERE state = 2;
    CREATE TABLE parts (
        upload INTEGER NOT NULL,
        number INTEGER NOT NULL,
        size INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        etag TEXT NOT NULL,
        checksum_algorithm INTEGER,
        checksum TEXT,
        file TEXT,
        blob INTEGER,
        position INTEGER,
        PRIMARY KEY (upload, number)
    ) WITHOUT ROWID;
    CREATE UNIQUE INDEX parts_by_file ON parts (file) WHERE file IS NOT NULL;
    CREATE INDEX parts_by_position ON parts (upload, position) WHERE position IS NOT NULL;
    CREATE TABLE bucket_settings (
        bucket INTEGER NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (bucket, name)
    ) WITHOUT ROWID;
)"};

constexpr auto newest = static_cast<std::int64_t>(steps.size());

/// Errors: unsupported when a newer version of Slipway wrote it.
Result<std::int64_t> known_format(sqlite::Database& database) {
    SLIPWAY_TRY(version, database.query_integer("PRAGMA user_version"));
    if (version < 0 || version > newest) {
        return fail(
            ErrorKind::unsupported,
            fmt::format("the store's index has format {}, and this version of Slipway knows "
                        "formats up to {}: run the newer version that wrote it",
                        version, newest));
    }
    return version;
}

}  // namespace

Result<> make_tables(sqlite::Database& database) {
    SLIPWAY_TRY(version, known_format(database));
    if (version == newest) {
        return {};
    }
    std::string sql = "BEGIN IMMEDIATE;";
    for (auto step = static_cast<std::size_t>(version); step < steps.size(); ++step) {
        sql += steps[step];
    }
    sql += fmt::format("PRAGMA user_version = {}; COMMIT", newest);
    return database.execute(sql.c_str());
}

Result<> check_format(sqlite::Database& database) {
    SLIPWAY_TRY(version, known_format(database));
    if (version < newest) {
        return fail(ErrorKind::unsupported,
                    fmt::format("the store's index has format {}, which this version of Slipway "
                                "brings up to {} when it serves the store: start it once",
                                version, newest));
    }
    return {};
}

}  // namespace slipway::store
