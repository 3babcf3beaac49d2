// SPDX-License-Identifier: Apache-2.0
#include "catalog/schema.h"

#include "base/limits.h"

#include <fmt/format.h>

namespace slipway::catalog {
namespace {

constexpr int version = 1;

// uploads: a ticket is written for every file anybody means to upload, so it has one index only,
// and its rows are appended. `seq` grows with the time of expiry (a renewal moves a row to the
// end), which is the order the reaper wants. The user is the first part of the key.
//
// files: the key is the primary key, because listings are in the order of keys.
//
// facts: one row. distinct_ids says whether any id but a plain one (file_names.h) was ever given:
// while none was, one probe tells that a key is new.
//
// Times are microseconds since 1970.
constexpr const char* tables = R"sql(
CREATE TABLE uploads (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    s3_key TEXT NOT NULL,
    file_size INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    tier TEXT NOT NULL,
    checksum TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE files (
    s3_key TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    file_size INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    tier TEXT NOT NULL,
    checksum TEXT NOT NULL,
    etag TEXT NOT NULL,
    uploaded_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE facts (distinct_ids INTEGER NOT NULL);
INSERT INTO facts VALUES (0);
)sql";

}  // namespace

sqlite::DatabaseOptions writing_options(const std::string& path) {
    sqlite::DatabaseOptions options;
    options.path = path;
    options.cache_kib = limits::catalog_cache_kib;
    return options;
}

Result<sqlite::Database> open_for_writing(const std::string& path) {
    SLIPWAY_TRY(database, sqlite::Database::open(writing_options(path)));
    SLIPWAY_CHECK(database.execute("PRAGMA journal_mode=WAL"));
    SLIPWAY_CHECK(database.execute("PRAGMA synchronous=NORMAL"));
    SLIPWAY_CHECK(database.execute("PRAGMA wal_autocheckpoint=0"));  // sqlite::Checkpointer does
    SLIPWAY_TRY(found, database.query_integer("PRAGMA user_version"));
    if (found > version) {
        return fail(ErrorKind::unsupported,
                    fmt::format("{} was written by a newer Slipway (format {}, this one knows {}); "
                                "run that one",
                                path, found, version));
    }
    if (found == 0) {
        const std::string create =
            fmt::format("BEGIN;{}PRAGMA user_version={};COMMIT", tables, version);
        SLIPWAY_CHECK(database.execute(create.c_str()));
    }
    return database;
}

Result<sqlite::Database> open_for_reading(const std::string& path) {
    sqlite::DatabaseOptions options;
    options.path = path;
    options.read_only = true;
    options.cache_kib = limits::catalog_read_cache_kib;
    return sqlite::Database::open(options);
}

}  // namespace slipway::catalog
