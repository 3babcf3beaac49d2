// SPDX-License-Identifier: Apache-2.0
#include "store/check.h"

#include "sqlite/database.h"
#include "store/check_contents.h"
#include "store/check_log.h"
#include "store/damaged_index.h"
#include "store/data_files.h"
#include "store/directory_lock.h"
#include "store/schema.h"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::store {
namespace {

using What = CheckFinding::What;

/// Of SQLite's own findings: where there are more, the first say it all.
constexpr int index_findings_max = 100;
constexpr int blobs_at_once = 1000;

/// One run of check_store().
class StoreCheck {
  public:
    StoreCheck(const CheckOptions& options, FileSystem& system)
        : options_(options),
          system_(system),
          directory_(options.directory.string()),
          log_(options) {}

    Result<CheckReport> run() {
        const Result<> done = open_and_compare();
        // A damaged index may fail any query; that is a finding as well.
        if (!done && done.error().kind == ErrorKind::corrupted) {
            log_.tell(What::index_damaged, "index.db", done.error().message);
        } else if (!done) {
            return fail(done.error());
        }
        return log_.report();
    }

  private:
    Result<> open_and_compare() {
        SLIPWAY_CHECK(open());
        SLIPWAY_CHECK(check_index());
        ContentsCheck contents(database_, *files_, log_);
        SLIPWAY_CHECK(contents.run());
        SLIPWAY_CHECK(check_blobs(contents.blobs()));
        return check_files();
    }

    Result<> open() {
        sqlite::DatabaseOptions database;
        database.path = directory_ + "/index.db";
        database.vfs = system_.sqlite_vfs();
        database.read_only = !options_.repair;
        SLIPWAY_TRY(opened, sqlite::Database::open(database));
        database_ = std::move(opened);
        SLIPWAY_TRY(files, DataFiles::open(system_, directory_));
        files_ = std::move(files);
        return check_format(database_);
    }

    Result<> check_index() {
        SLIPWAY_TRY(
            rows, database_.prepare(fmt::format("PRAGMA integrity_check({})", index_findings_max)));
        while (true) {
            SLIPWAY_TRY(row, rows.step());
            if (!row) {
                return {};
            }
            if (rows.bytes(0) != "ok") {
                log_.tell(What::index_damaged, "index.db",
                          fmt::format("{}; restore the store from a backup", rows.bytes(0)));
            }
        }
    }

    /// Bytes of small objects and parts that nothing has.
    Result<> check_blobs(const IdSet& used) {
        SLIPWAY_TRY(page, database_.prepare("SELECT id FROM blobs WHERE id >= ?1 ORDER BY id "
                                            "LIMIT ?2"));
        page.bind(2, std::int64_t{blobs_at_once});
        std::optional<std::int64_t> from = INT64_MIN;
        while (from) {
            SLIPWAY_TRY(unused, unused_blobs(page, from, used));
            for (const std::int64_t id : unused) {
                SLIPWAY_CHECK(tell_leftover_blob(id));
            }
        }
        return {};
    }

    /// Looks at some rows from `from` on, and moves it on; to nothing at the end.
    static Result<std::vector<std::int64_t>> unused_blobs(sqlite::Statement& page,
                                                          std::optional<std::int64_t>& from,
                                                          const IdSet& used) {
        const sqlite::ResetAtEnd reset_at_end(page);
        const std::int64_t first = *std::exchange(from, std::nullopt);
        RowOrder order(first);
        page.bind(1, first);
        std::vector<std::int64_t> unused;
        while (true) {
            SLIPWAY_TRY(row, page.step());
            if (!row) {
                return unused;
            }
            const std::int64_t id = page.integer(0);
            SLIPWAY_CHECK(order.check(id));
            if (!used.contains(id)) {
                unused.push_back(id);
            }
            from = id == INT64_MAX ? std::nullopt : std::optional(id + 1);
        }
    }

    Result<> tell_leftover_blob(std::int64_t id) {
        if (may_remove()) {
            SLIPWAY_CHECK(
                database_.execute(fmt::format("DELETE FROM blobs WHERE id = {}", id).c_str()));
        }
        tell_leftover(What::leftover_bytes, fmt::format("index.db: blob {}", id),
                      "no object has these bytes, which take room", "--repair removes them");
        return {};
    }

    Result<> check_files() {
        SLIPWAY_TRY(refers, database_.prepare("SELECT 1 FROM objects WHERE file = ?1 UNION ALL "
                                              "SELECT 1 FROM parts WHERE file = ?1"));
        for (unsigned directory = 0; directory < DataFiles::directories_max; ++directory) {
            SLIPWAY_TRY(ids, files_->list(directory));
            for (const std::string& id : ids) {
                log_.count_file();
                const sqlite::ResetAtEnd reset_at_end(refers);
                refers.bind_text(1, id);
                SLIPWAY_TRY(referred, refers.step());
                if (!referred) {
                    SLIPWAY_CHECK(tell_leftover_file(id));
                }
            }
        }
        return {};
    }

    Result<> tell_leftover_file(const std::string& id) {
        if (may_remove()) {
            SLIPWAY_CHECK(files_->remove(id));
        }
        tell_leftover(What::leftover_file, DataFiles::name_of(id),
                      "no object has this file, which a crash left",
                      "the store removes it after its next start, or --repair now");
        return {};
    }

    bool may_remove() const { return options_.repair && !log_.index_damaged(); }

    void tell_leftover(What what, std::string where, const char* words, const char* advice) {
        const char* done = may_remove()      ? "removed"
                           : options_.repair ? "kept, as the index is damaged"
                                             : advice;
        log_.tell(what, std::move(where), fmt::format("{}; {}", words, done), may_remove());
    }

    const CheckOptions& options_;
    FileSystem& system_;
    const std::string directory_;
    CheckLog log_;
    sqlite::Database database_;
    std::unique_ptr<DataFiles> files_;
};

}  // namespace

std::string_view to_string(CheckFinding::What what) {
    switch (what) {
        case What::index_damaged:
            return "index_damaged";
        case What::object_damaged:
            return "object_damaged";
        case What::object_missing:
            return "object_missing";
        case What::leftover_file:
            return "leftover_file";
        case What::leftover_bytes:
            return "leftover_bytes";
    }
    return {};
}

Result<CheckReport> check_store(const CheckOptions& options) {
    std::error_code error;
    if (!std::filesystem::exists(options.directory / "index.db", error)) {
        return fail(ErrorKind::not_found, fmt::format("there is no store in {}: no index.db",
                                                      options.directory.string()));
    }
    SLIPWAY_TRY(lock, lock_directory(options.directory.string()));
    FileSystem own;
    StoreCheck check(options, options.file_system != nullptr ? *options.file_system : own);
    return check.run();
}

}  // namespace slipway::store
