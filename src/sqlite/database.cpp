// SPDX-License-Identifier: Apache-2.0
#include "sqlite/database.h"

#include "base/assert.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace slipway::sqlite {
namespace {

/// What SQLite says, as an Error; `name` tells which database it is.
tl::unexpected<Error> failed(sqlite3* database, const std::string& name) {
    std::string words = fmt::format("{}: {}", name, sqlite3_errmsg(database));
    const int error_number = sqlite3_system_errno(database);
    if (error_number != 0) {
        words += fmt::format(" ({})", std::generic_category().message(error_number));
    }
    const bool disk_full = error_number == ENOSPC || error_number == EDQUOT;
    switch (sqlite3_extended_errcode(database) & 0xff) {
        case SQLITE_FULL:
            return fail(ErrorKind::no_space, words + "; free some space on the disk");
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_NOMEM:
            return fail(ErrorKind::unavailable, words);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return fail(ErrorKind::corrupted, words + "; restore it from a backup");
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR:
        case SQLITE_READONLY:
            if (error_number == EROFS) {
                return fail(ErrorKind::unavailable, words + "; see dmesg for why");
            }
            return fail(disk_full ? ErrorKind::no_space : ErrorKind::io, words);
        default:
            return fail(ErrorKind::internal, words);
    }
}

/// The same of a database that is open: the file's name without its directory will do.
tl::unexpected<Error> failed(sqlite3* database) {
    const char* path = sqlite3_db_filename(database, "main");
    return failed(database, std::filesystem::path(path == nullptr ? "" : path).filename().string());
}

}  // namespace

void CloseStatement::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void CloseDatabase::operator()(sqlite3* database) const {
    sqlite3_close(database);
}

// Binding fails only for a wrong parameter number or a value over SQLite's limit of 1 GB; neither
// depends on what anyone sends, as sizes are checked long before.
void Statement::bind(int parameter, std::int64_t value) {
    SLIPWAY_ASSERT(sqlite3_bind_int64(statement_.get(), parameter, value) == SQLITE_OK);
}

void Statement::bind_text(int parameter, std::string_view value) {
    // A null pointer would bind NULL instead of an empty text.
    const char* data = value.empty() ? "" : value.data();
    SLIPWAY_ASSERT(sqlite3_bind_text(statement_.get(), parameter, data,
                                     static_cast<int>(value.size()), SQLITE_STATIC) == SQLITE_OK);
}

void Statement::bind_blob(int parameter, std::string_view value) {
    // Likewise.
    const char* data = value.empty() ? "" : value.data();
    SLIPWAY_ASSERT(sqlite3_bind_blob(statement_.get(), parameter, data,
                                     static_cast<int>(value.size()), SQLITE_STATIC) == SQLITE_OK);
}

void Statement::bind_null(int parameter) {
    SLIPWAY_ASSERT(sqlite3_bind_null(statement_.get(), parameter) == SQLITE_OK);
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        return false;
    }
    return failed(sqlite3_db_handle(statement_.get()));
}

Result<> Statement::run() {
    const ResetAtEnd reset_at_end(*this);
    while (true) {
        SLIPWAY_TRY(row, step());
        if (!row) {
            return {};
        }
    }
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::bytes(int column) const {
    // Asking for the blob first and its size then: in this order SQLite converts nothing.
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return {static_cast<const char*>(data), data == nullptr ? 0 : size};
}

Result<Database> Database::open(const DatabaseOptions& options) {
    // Statistics of memory nobody reads cost a process-wide mutex at each allocation.
    [[maybe_unused]] static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    // Each connection is used by one thread at a time, so SQLite's own mutexes are left out.
    const int flags =
        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | (options.read_only ? 0 : SQLITE_OPEN_CREATE);
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(options.path.c_str(), &handle, flags, options.vfs);
    Database database;
    database.handle_.reset(handle);
    if (code != SQLITE_OK) {
        if (handle == nullptr) {
            return fail(ErrorKind::unavailable, "no memory to open " + options.path);
        }
        return failed(handle, options.path);
    }
    sqlite3_extended_result_codes(handle, 1);
    // Only a checkpoint or a recovery can be in the way, and those are short.
    sqlite3_busy_timeout(handle, 5000);
    SLIPWAY_CHECK(
        database.execute(fmt::format("PRAGMA cache_size=-{}", options.cache_kib).c_str()));
    if (options.read_only) {
        SLIPWAY_CHECK(database.execute("PRAGMA query_only=ON"));
    }
    return database;
}

Result<> Database::execute(const char* sql) {
    if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        return failed(handle_.get());
    }
    return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) {
        return failed(handle_.get());
    }
    Statement prepared;
    prepared.statement_.reset(statement);
    return prepared;
}

Result<> Database::prepare_all(
    std::initializer_list<std::pair<Statement*, std::string_view>> statements) {
    for (const auto& [statement, sql] : statements) {
        SLIPWAY_TRY(prepared, prepare(sql));
        *statement = std::move(prepared);
    }
    return {};
}

Result<std::int64_t> Database::query_integer(std::string_view sql) {
    SLIPWAY_TRY(statement, prepare(sql));
    SLIPWAY_TRY(row, statement.step());
    return row ? statement.integer(0) : 0;
}

std::int64_t Database::last_insert_rowid() const {
    return sqlite3_last_insert_rowid(handle_.get());
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(handle_.get());
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

Result<int> Database::checkpoint() {
    int log_pages = 0;
    int moved_pages = 0;
    const int code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                               &log_pages, &moved_pages);
    if (code != SQLITE_OK && code != SQLITE_BUSY) {
        return failed(handle_.get());
    }
    return log_pages - moved_pages;
}

Result<> Database::empty_log() {
    const int code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                               nullptr, nullptr);
    if (code != SQLITE_OK) {
        return failed(handle_.get());
    }
    return {};
}

void Database::on_commit(int (*hook)(void*, sqlite3*, const char*, int), void* context) {
    sqlite3_wal_hook(handle_.get(), hook, context);
}

}  // namespace slipway::sqlite
