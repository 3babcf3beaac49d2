// SPDX-License-Identifier: Apache-2.0
#include "store/index_writer.h"

#include "s3/errors.h"
#include "store/bucket_settings.h"
#include "store/columns.h"
#include "store/schema.h"

#include <fmt/format.h>

#include <type_traits>
#include <utility>

namespace slipway::store {

Result<std::unique_ptr<IndexWriter>> IndexWriter::open(const sqlite::DatabaseOptions& options) {
    std::unique_ptr<IndexWriter> writer(new IndexWriter);
    SLIPWAY_TRY(database, sqlite::Database::open(options));
    writer->database_ = std::move(database);
    // secure_delete, Debian's default, would write zeros over what is freed.
    const std::string settings = fmt::format(
        "PRAGMA page_size={}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "PRAGMA secure_delete=OFF; PRAGMA temp_store=MEMORY;"
        "PRAGMA wal_autocheckpoint=0",
        page_bytes);
    SLIPWAY_CHECK(writer->database_.execute(settings.c_str()));
    SLIPWAY_CHECK(make_tables(writer->database_));
    SLIPWAY_CHECK(writer->prepare());
    return writer;
}

Result<> IndexWriter::prepare() {
    SLIPWAY_CHECK(blobs_.prepare());
    SLIPWAY_CHECK(uploads_.prepare());
    SLIPWAY_CHECK(objects_.prepare());
    return database_.prepare_all({
        {&begin_, "BEGIN IMMEDIATE"},
        {&commit_, "COMMIT"},
        {&find_bucket_, "SELECT id FROM buckets WHERE name = ?1"},
        {&insert_bucket_, "INSERT INTO buckets (name, created) VALUES (?1, ?2)"},
        {&remove_bucket_, "DELETE FROM buckets WHERE id = ?1"},
        {&set_setting_,
         "INSERT OR REPLACE INTO bucket_settings (bucket, name, value) VALUES (?1, ?2, ?3)"},
        {&unset_setting_, "DELETE FROM bucket_settings WHERE bucket = ?1 AND name = ?2"},
        {&unset_settings_, "DELETE FROM bucket_settings WHERE bucket = ?1"},
        {&settle_, "UPDATE settled SET times = times + 1"},
        {&free_pages_, "SELECT freelist_count FROM pragma_freelist_count"},
    });
}

std::uint64_t IndexWriter::free_bytes() {
    const sqlite::ResetAtEnd reset_at_end(free_pages_);
    const auto row = free_pages_.step();
    return row && *row ? static_cast<std::uint64_t>(free_pages_.integer(0)) * page_bytes : 0;
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
        change->upload_dropped = false;
        applied = apply(*change);
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
            change->upload_dropped = false;
            if (DataFile* file = change->file(); unknown && file != nullptr) {
                file->leave_to_scan();
            }
        }
        return committed;
    }
    for (const auto& change : changes) {
        if (DataFile* file = change->file(); file != nullptr && change->outcome) {
            file->keep();
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

namespace {

/// The bucket a change is about; empty for one that is about none.
std::string_view bucket_of(const IndexChange& change) {
    const auto name = [](const auto& what) -> std::string_view {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, PutPart> || std::is_same_v<What, CompleteUpload> ||
                      std::is_same_v<What, AbortUpload>) {
            return what.upload.bucket;
        } else if constexpr (std::is_same_v<What, CreateUpload>) {
            return what.info.upload.bucket;
        } else if constexpr (std::is_same_v<What, ClearUpload> || std::is_same_v<What, SettleLog>) {
            return {};
        } else {
            return what.bucket;
        }
    };
    return std::visit(name, change.what);
}

}  // namespace

Result<> IndexWriter::apply(IndexChange& change) {
    if (auto* clearing = std::get_if<ClearUpload>(&change.what)) {
        return uploads_.clear(*clearing, change);
    }
    if (std::holds_alternative<SettleLog>(change.what)) {
        return settle_.run();
    }
    if (const auto* creation = std::get_if<CreateBucket>(&change.what)) {
        return create_bucket(*creation, change);
    }
    SLIPWAY_TRY(bucket, find_bucket(bucket_of(change)));
    if (!bucket) {
        change.outcome = s3::s3_fail("NoSuchBucket");
        return {};
    }
    return apply_in(*bucket, change);
}

Result<> IndexWriter::apply_in(std::int64_t bucket, IndexChange& change) {
    auto& what = change.what;
    if (const auto* put = std::get_if<PutObject>(&what)) {
        return objects_.put(bucket, *put, change);
    }
    if (const auto* removal = std::get_if<RemoveObject>(&what)) {
        return objects_.remove(bucket, *removal, change);
    }
    if (const auto* expiry = std::get_if<ExpireObjects>(&what)) {
        return objects_.expire(bucket, *expiry, change);
    }
    if (const auto* object = std::get_if<ChangeObject>(&what)) {
        return objects_.change(bucket, *object, change);
    }
    if (auto* creation = std::get_if<CreateUpload>(&what)) {
        return uploads_.create(bucket, *creation);
    }
    if (const auto* part = std::get_if<PutPart>(&what)) {
        return uploads_.put(bucket, *part, change);
    }
    if (const auto* completion = std::get_if<CompleteUpload>(&what)) {
        return objects_.complete(bucket, *completion, change);
    }
    if (const auto* abortion = std::get_if<AbortUpload>(&what)) {
        return uploads_.abort(bucket, *abortion, change);
    }
    if (const auto* setting = std::get_if<ChangeBucket>(&what)) {
        return change_bucket(bucket, *setting);
    }
    return remove_bucket(bucket, change);
}

Result<> IndexWriter::create_bucket(const CreateBucket& creation, IndexChange& change) {
    SLIPWAY_TRY(bucket, find_bucket(creation.bucket));
    if (bucket) {
        change.outcome = s3::s3_fail("BucketAlreadyOwnedByYou");
        return {};
    }
    insert_bucket_.bind_text(1, creation.bucket);
    bind_time(insert_bucket_, 2, creation.created);
    return insert_bucket_.run();
}

Result<> IndexWriter::remove_bucket(std::int64_t bucket, IndexChange& change) {
    SLIPWAY_TRY(any, objects_.any_in(bucket));
    if (any) {
        change.outcome = s3::s3_fail("BucketNotEmpty");
        return {};
    }
    SLIPWAY_CHECK(uploads_.abort_all(bucket, change));
    unset_settings_.bind(1, bucket);
    SLIPWAY_CHECK(unset_settings_.run());
    remove_bucket_.bind(1, bucket);
    return remove_bucket_.run();
}

Result<> IndexWriter::change_bucket(std::int64_t bucket, const ChangeBucket& what) {
    sqlite::Statement& statement = what.value ? set_setting_ : unset_setting_;
    statement.bind(1, bucket);
    statement.bind_text(2, name_of(what.setting));
    if (what.value) {
        statement.bind_text(3, *what.value);
    }
    return statement.run();
}

}  // namespace slipway::store
