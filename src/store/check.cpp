// SPDX-License-Identifier: Apache-2.0
#include "store/check.h"

#include "codec/hex.h"
#include "sqlite/database.h"
#include "store/attributes.h"
#include "store/content_check.h"
#include "store/data_files.h"
#include "store/directory_lock.h"
#include "store/id_set.h"
#include "store/schema.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::store {
namespace {

using What = CheckFinding::What;

constexpr std::size_t piece_bytes = 256 * 1024;
/// Of SQLite's own findings: where there are more, the first say it all.
constexpr int index_findings_max = 100;
constexpr int blobs_at_once = 1000;

constexpr std::string_view lost =
    "; restore the store from a backup, or upload the object again, or delete it";

// In this order the objects' rows and their blobs are read from front to back.
constexpr std::string_view objects_sql =
    "SELECT b.name, o.key, o.size, o.etag, o.checksum_algorithm, o.checksum, o.attributes, o.file, "
    "o.blob, d.data FROM objects o LEFT JOIN buckets b ON b.id = o.bucket "
    "LEFT JOIN blobs d ON d.id = o.blob ORDER BY o.bucket, o.key";

/// One run of check_store().
class StoreCheck {
  public:
    StoreCheck(const CheckOptions& options, FileSystem& system)
        : options_(options), system_(system), directory_(options.directory.string()) {}

    Result<CheckReport> run() {
        const Result<> done = open_and_compare();
        // A damaged index may fail any query; that is a finding as well.
        if (!done && done.error().kind == ErrorKind::corrupted) {
            tell(What::index_damaged, "index.db", done.error().message);
        } else if (!done) {
            return fail(done.error());
        }
        return report_;
    }

  private:
    Result<> open_and_compare() {
        SLIPWAY_CHECK(open());
        SLIPWAY_CHECK(check_index());
        SLIPWAY_CHECK(count_all());
        SLIPWAY_CHECK(check_objects());
        SLIPWAY_CHECK(check_blobs());
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
            const auto row = rows.step();
            if (!row) {
                tell(What::index_damaged, "index.db", row.error().message);
                return {};
            }
            if (!*row) {
                return {};
            }
            if (rows.bytes(0) != "ok") {
                tell(What::index_damaged, "index.db",
                     fmt::format("{}; restore the store from a backup", rows.bytes(0)));
            }
        }
    }

    Result<> count_all() {
        SLIPWAY_TRY(sums, database_.prepare("SELECT count(*), total(size) FROM objects"));
        SLIPWAY_CHECK(sums.step());
        progress_.objects_all = static_cast<std::uint64_t>(sums.integer(0));
        progress_.bytes_all = static_cast<std::uint64_t>(sums.integer(1));
        return {};
    }

    Result<> check_objects() {
        SLIPWAY_TRY(rows, database_.prepare(objects_sql));
        while (true) {
            SLIPWAY_TRY(row, rows.step());
            if (!row) {
                return {};
            }
            SLIPWAY_CHECK(check_object(rows));
            ++report_.objects;
            progress_.objects = report_.objects;
            show_progress();
        }
    }

    Result<> check_object(const sqlite::Statement& row) {
        const std::string where = fmt::format("{}/{}", row.bytes(0), row.bytes(1));
        RecordedContent recorded;
        recorded.size = static_cast<std::uint64_t>(row.integer(2));
        recorded.md5 = row.bytes(3);
        if (!row.is_null(4)) {
            recorded.checksum = objects::Checksum{
                static_cast<objects::ChecksumAlgorithm>(row.integer(4)), std::string(row.bytes(5))};
        }
        if (row.is_null(0)) {
            tell(What::index_damaged, where,
                 "the object is in no bucket; restore the store from "
                 "a backup");
        }
        if (const auto attributes = decode_attributes(row.bytes(6)); !attributes) {
            tell(What::index_damaged, where, attributes.error().message);
        }
        if (!row.is_null(8) && !blobs_.add(row.integer(8))) {
            tell(What::index_damaged, where,
                 "its bytes are another object's as well; restore the "
                 "store from a backup");
        }
        if (!row.is_null(7)) {
            return check_file_content(where, std::string(row.bytes(7)), recorded);
        }
        if (!row.is_null(8) && row.is_null(9)) {
            tell(What::object_missing, where,
                 fmt::format("its bytes are not in the index{}", lost));
            return {};
        }
        ContentCheck check(recorded);
        check.update(row.bytes(9));
        count_bytes(row.bytes(9).size());
        tell_damage(where, check.finish());
        return {};
    }

    Result<> check_file_content(const std::string& where,
                                const std::string& id,
                                const RecordedContent& recorded) {
        auto file = files_->open_to_read(id);
        if (!file) {
            if (file.error().kind != ErrorKind::not_found) {
                return fail(std::move(file).error());
            }
            tell(What::object_missing, where,
                 fmt::format("its file {} is missing{}", name_of(id), lost));
            return {};
        }
        ContentCheck check(recorded);
        std::uint64_t done = 0;
        while (true) {
            const auto got = system_.read_some((*file)->fd(), piece_, done);
            if (!got) {
                tell(What::object_damaged, where,
                     fmt::format("its file {} cannot be read: {}{}", name_of(id),
                                 got.error().message, lost));
                return {};
            }
            if (*got == 0) {
                break;
            }
            check.update(std::span<const std::byte>(piece_).first(*got));
            done += *got;
            count_bytes(*got);
            show_progress();
        }
        tell_damage(where, check.finish());
        return {};
    }

    /// Bytes of small objects that no object has.
    Result<> check_blobs() {
        SLIPWAY_TRY(page, database_.prepare("SELECT id FROM blobs WHERE id > ?1 ORDER BY id "
                                            "LIMIT ?2"));
        page.bind(2, blobs_at_once);
        for (std::int64_t last = INT64_MIN;;) {
            page.bind(1, last);
            std::vector<std::int64_t> unused;
            const std::int64_t before = last;
            while (true) {
                SLIPWAY_TRY(row, page.step());
                if (!row) {
                    break;
                }
                last = page.integer(0);
                if (!blobs_.contains(last)) {
                    unused.push_back(last);
                }
            }
            page.reset();
            if (last == before) {
                return {};
            }
            for (const std::int64_t id : unused) {
                SLIPWAY_CHECK(tell_leftover_blob(id));
            }
        }
    }

    Result<> tell_leftover_blob(std::int64_t id) {
        if (may_remove()) {
            SLIPWAY_CHECK(
                database_.execute(fmt::format("DELETE FROM blobs WHERE id = {}", id).c_str()));
        }
        tell_leftover(What::leftover_bytes, fmt::format("index.db: blob {}", id),
                      "no object has these bytes, which take room");
        return {};
    }

    Result<> check_files() {
        SLIPWAY_TRY(refers, database_.prepare("SELECT 1 FROM objects WHERE file = ?1"));
        for (unsigned directory = 0; directory < DataFiles::directories_max; ++directory) {
            SLIPWAY_TRY(ids, files_->list(directory));
            for (const std::string& id : ids) {
                ++report_.files;
                progress_.files = report_.files;
                show_progress();
                refers.bind_text(1, id);
                auto referred = refers.step();
                refers.reset();
                if (!referred) {
                    return fail(std::move(referred).error());
                }
                if (!*referred) {
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
        tell_leftover(What::leftover_file, name_of(id),
                      "no object has this file, which a crash left");
        return {};
    }

    static std::string name_of(const std::string& id) {
        return fmt::format("objects/{}/{}", id.substr(0, 2), id.substr(2));
    }

    bool may_remove() const { return options_.repair && !index_damaged_; }

    void tell_leftover(What what, std::string where, std::string_view words) {
        const char* advice = may_remove()      ? "removed"
                             : options_.repair ? "kept, as the index is damaged"
                             : what == What::leftover_file
                                 ? "the store removes it after its next start, or --repair now"
                                 : "--repair removes them";
        tell(what, std::move(where), fmt::format("{}; {}", words, advice), may_remove());
    }

    void tell_damage(const std::string& where, const std::string& words) {
        if (!words.empty()) {
            tell(What::object_damaged, where, fmt::format("{}{}", words, lost));
        }
    }

    void tell(What what, std::string where, std::string message, bool repaired = false) {
        index_damaged_ = index_damaged_ || what == What::index_damaged;
        ++report_.findings;
        report_.repaired += repaired ? 1U : 0U;
        if (options_.found) {
            options_.found({what, std::move(where), std::move(message), repaired});
        }
    }

    void count_bytes(std::size_t bytes) {
        report_.bytes += bytes;
        progress_.bytes = report_.bytes;
    }

    void show_progress() const {
        if (options_.progress) {
            options_.progress(progress_);
        }
    }

    const CheckOptions& options_;
    FileSystem& system_;
    const std::string directory_;
    sqlite::Database database_;
    std::unique_ptr<DataFiles> files_;
    IdSet blobs_;
    std::vector<std::byte> piece_ = std::vector<std::byte>(piece_bytes);
    bool index_damaged_ = false;
    CheckReport report_;
    CheckProgress progress_;
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
