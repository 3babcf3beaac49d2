// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace slipway::sqlite {

struct CloseStatement {
    void operator()(sqlite3_stmt* statement) const;
};

/// One prepared SQL statement. Parameters and columns are counted as SQLite does: parameters from
/// 1, columns from 0. Bound bytes are not copied: they must live until the next reset().
class Statement {
  public:
    void bind(int parameter, std::int64_t value);
    void bind_text(int parameter, std::string_view value);
    void bind_blob(int parameter, std::string_view value);
    void bind_null(int parameter);

    /// True: a row is there to read. False: done.
    Result<bool> step();
    /// Steps to the end, and resets.
    Result<> run();
    /// Ready to run anew; ends the read that a half-read statement holds open.
    void reset();

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    /// Bytes of a text or blob, valid until the next step or reset.
    std::string_view bytes(int column) const;

  private:
    friend class Database;
    std::unique_ptr<sqlite3_stmt, CloseStatement> statement_;
};

/// Resets a statement at the end of a scope, however that is left.
class ResetAtEnd {
  public:
    explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
    ~ResetAtEnd() { statement_.reset(); }
    ResetAtEnd(const ResetAtEnd&) = delete;
    ResetAtEnd& operator=(const ResetAtEnd&) = delete;

  private:
    Statement& statement_;
};

struct CloseDatabase {
    void operator()(sqlite3* database) const;
};

struct DatabaseOptions {
    std::string path;
    bool read_only = false;     ///< the file must be there
    const char* vfs = nullptr;  // nullptr: SQLite's own
    unsigned cache_kib = 1024;
};

/// One connection to an SQLite database. One thread at a time.
class Database {
  public:
    static Result<Database> open(const DatabaseOptions& options);

    Result<> execute(const char* sql);
    Result<Statement> prepare(std::string_view sql);
    Result<> prepare_all(std::initializer_list<std::pair<Statement*, std::string_view>> statements);
    /// The only value of a query such as PRAGMA user_version.
    Result<std::int64_t> query_integer(std::string_view sql);
    std::int64_t last_insert_rowid() const;
    /// Rows that the last INSERT, UPDATE or DELETE changed.
    std::int64_t changes() const;
    bool in_transaction() const;
    /// Moves what the log holds into the database, as far as readers allow; answers how many pages
    /// the log holds that are not moved yet.
    Result<int> checkpoint();
    /// Moves all of it and empties the log: waits for whoever reads from it. Errors: also where one
    /// of them reads for longer than 5 s, or another connection moves the log at this time.
    Result<> empty_log();
    /// Called after each commit with the number of pages in the log.
    void on_commit(int (*hook)(void*, sqlite3*, const char*, int), void* context);

  private:
    std::unique_ptr<sqlite3, CloseDatabase> handle_;
};

}  // namespace slipway::sqlite
