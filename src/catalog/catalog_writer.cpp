// SPDX-License-Identifier: Apache-2.0
#include "catalog/catalog_writer.h"

#include "base/limits.h"
#include "catalog/file_names.h"
#include "catalog/rows.h"
#include "catalog/schema.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::catalog {
namespace {

using sqlite::ResetAtEnd;

tl::unexpected<Error> file_exists(std::string_view what) {
    return fail(ErrorKind::already_exists, std::string(what), "file_exists");
}

/// The ticket for `upload` under a key and an id.
Upload ticket(const NewUpload& upload, std::string s3_key, std::string id) {
    Upload made;
    made.id = std::move(id);
    made.s3_key = std::move(s3_key);
    made.user = upload.user;
    made.file_size = upload.file_size;
    made.content_type = upload.content_type;
    made.tier = upload.tier;
    made.checksum = upload.checksum;
    made.expires_at = upload.expires_at;
    return made;
}

}  // namespace

Result<std::unique_ptr<CatalogWriter>> CatalogWriter::open(const std::string& path) {
    SLIPWAY_TRY(database, open_for_writing(path));
    std::unique_ptr<CatalogWriter> writer(new CatalogWriter(std::move(database)));
    SLIPWAY_CHECK(writer->prepare());
    SLIPWAY_TRY(distinct_ids, writer->database_.query_integer("SELECT distinct_ids FROM facts"));
    writer->distinct_ids_ = distinct_ids != 0;
    return writer;
}

Result<> CatalogWriter::prepare() {
    const std::pair<sqlite::Statement&, std::string> wanted[] = {
        {begin_, "BEGIN IMMEDIATE"},
        {commit_, "COMMIT"},
        {rollback_, "ROLLBACK"},
        {upload_by_id_,
         fmt::format("SELECT {}, seq, claimed_until FROM uploads WHERE id = ?1", upload_columns)},
        {insert_upload_, fmt::format("INSERT INTO uploads ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
                                     "ON CONFLICT (id) DO NOTHING",
                                     upload_columns)},
        {delete_upload_, "DELETE FROM uploads WHERE seq = ?1"},
        {expired_, fmt::format("SELECT {}, seq FROM uploads WHERE claimed_until < ?1 "
                               "ORDER BY seq LIMIT ?2",
                               upload_columns)},
        {claim_, "UPDATE uploads SET claimed_until = ?2 WHERE seq = ?1"},
        {forget_, "DELETE FROM uploads WHERE id = ?1 AND s3_key = ?2 AND claimed_until > 0"},
        {file_by_key_, "SELECT id FROM files WHERE s3_key = ?1"},
        {file_by_id_, fmt::format("SELECT {} FROM files WHERE id = ?1", file_columns)},
        {insert_file_,
         fmt::format("REPLACE INTO files ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                     file_columns)},
        {delete_file_, "DELETE FROM files WHERE s3_key = ?1"},
    };
    for (const auto& [statement, sql] : wanted) {
        SLIPWAY_TRY(prepared, database_.prepare(sql));
        statement = std::move(prepared);
    }
    return {};
}

void CatalogWriter::commit(std::vector<std::unique_ptr<Change>>& changes) {
    const Result<> done = apply_all(changes);
    if (done) {
        return;
    }
    if (database_.in_transaction()) {
        (void)rollback_.run();
    }
    for (auto& change : changes) {
        change->outcome = done;
    }
}

Result<> CatalogWriter::apply_all(std::vector<std::unique_ptr<Change>>& changes) {
    bool durable = false;
    for (const auto& change : changes) {
        durable = durable || change->durable();
    }
    SLIPWAY_CHECK(set_durable(durable));
    SLIPWAY_CHECK(begin_.run());
    for (auto& change : changes) {
        SLIPWAY_CHECK(change->apply(*this));
    }
    return commit_.run();
}

/// In WAL mode a NORMAL commit is in the page cache when it returns: it survives the process. FULL
/// syncs the log, and with it all commits before.
Result<> CatalogWriter::set_durable(bool durable) {
    if (durable == durable_) {
        return {};
    }
    SLIPWAY_CHECK(
        database_.execute(durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL"));
    durable_ = durable;
    return {};
}

Result<Result<Upload>> CatalogWriter::reserve(const NewUpload& upload) {
    if (!upload.renew_key.empty()) {
        return renew(upload);
    }
    std::string s3_key = key_of(upload.user, upload.file_name);
    if (upload.on_conflict != OnConflict::replace) {
        SLIPWAY_TRY(reserved, reserve_if_new(upload, s3_key));
        if (reserved) {
            return Result<Upload>(*std::move(reserved));
        }
        SLIPWAY_TRY(taken, is_taken(s3_key));
        if (taken && upload.on_conflict == OnConflict::fail) {
            return Result<Upload>(file_exists(
                fmt::format("{} exists already, or is being uploaded", upload.file_name)));
        }
        if (taken) {
            return reserve_free_name(upload);
        }
    }
    return reserve_key(upload, std::move(s3_key));
}

Result<Result<Upload>> CatalogWriter::reserve_free_name(const NewUpload& upload) {
    for (unsigned number = 1; number <= limits::rename_attempts_max; ++number) {
        std::string s3_key = key_of(upload.user, numbered(upload.file_name, number));
        if (s3_key.size() > limits::key_bytes_max) {
            break;
        }
        SLIPWAY_TRY(taken, is_taken(s3_key));
        if (!taken) {
            return reserve_key(upload, std::move(s3_key));
        }
    }
    return Result<Upload>(file_exists(fmt::format(
        "{} exists already, and so do its numbered names; choose another name", upload.file_name)));
}

/// Writes the ticket for a key, in place of one that is there.
Result<Result<Upload>> CatalogWriter::reserve_key(const NewUpload& upload, std::string s3_key) {
    std::string id;
    if (upload.on_conflict == OnConflict::replace) {
        SLIPWAY_TRY(pending, find_pending(s3_key));
        SLIPWAY_TRY(file_id, find_file_id(s3_key));
        if (pending && pending->claimed()) {
            // The object under this key is about to be deleted, whoever puts it there.
            return Result<Upload>(
                fail(ErrorKind::unavailable,
                     fmt::format("an earlier upload of {} expired and is being cleaned up; ask "
                                 "again in a moment",
                                 upload.file_name),
                     "being_removed"));
        }
        if (pending) {
            SLIPWAY_CHECK(delete_upload(pending->seq));
            id = pending->id;
        } else if (file_id) {
            id = *file_id;
        }
    }
    if (id.empty()) {
        SLIPWAY_TRY(found, free_id(s3_key));
        id = std::move(found);
    }
    Upload reserved = ticket(upload, std::move(s3_key), std::move(id));
    bool written = false;
    if (!reserved.id.empty()) {
        SLIPWAY_TRY(inserted, insert_upload(reserved));
        written = inserted;
    }
    if (!written) {
        return Result<Upload>(file_exists(
            fmt::format("no id is free for {}; choose another name", upload.file_name)));
    }
    return Result<Upload>(std::move(reserved));
}

/// The way of most uploads: a key that nobody has and whose plain id is free takes one probe and
/// one insert. Nothing: it is not as simple as that, and nothing was written.
Result<std::optional<Upload>> CatalogWriter::reserve_if_new(const NewUpload& upload,
                                                            const std::string& s3_key) {
    if (distinct_ids_) {
        return std::nullopt;
    }
    std::string id = plain_id(s3_key);
    {
        const ResetAtEnd reset_at_end(file_by_id_);
        file_by_id_.bind_text(1, id);
        SLIPWAY_TRY(found, file_by_id_.step());
        if (found) {
            return std::nullopt;
        }
    }
    Upload reserved = ticket(upload, s3_key, std::move(id));
    SLIPWAY_TRY(written, insert_upload(reserved));
    if (!written) {
        return std::nullopt;
    }
    return reserved;
}

Result<Result<Upload>> CatalogWriter::renew(const NewUpload& upload) {
    const auto unknown = [&upload] {
        return Result<Upload>(
            fail(ErrorKind::not_found,
                 fmt::format("no upload of {} waits to be confirmed; ask for a new "
                             "one without s3_key",
                             upload.renew_key),
                 "unknown_upload"));
    };
    if (user_of(upload.renew_key) != upload.user) {
        return unknown();
    }
    SLIPWAY_TRY(pending, find_pending(upload.renew_key));
    if (!pending || pending->claimed()) {
        return unknown();
    }
    if (pending->file_size != upload.file_size || pending->content_type != upload.content_type ||
        pending->tier != upload.tier || pending->checksum != upload.checksum) {
        return Result<Upload>(fail(ErrorKind::invalid_argument,
                                   fmt::format("{} was declared with another size, type, tier or "
                                               "checksum; ask for a new upload without s3_key",
                                               upload.renew_key),
                                   "renewal_differs"));
    }
    // Moved to the end, because the rows are in order of expiry.
    SLIPWAY_CHECK(delete_upload(pending->seq));
    Upload renewed = ticket(upload, upload.renew_key, pending->id);
    SLIPWAY_CHECK(insert_upload(renewed));
    return Result<Upload>(std::move(renewed));
}

/// By a confirmed file or by an upload under way. An expired upload still holds its key until it is
/// reaped: a PUT that began in time may be running.
Result<bool> CatalogWriter::is_taken(std::string_view s3_key) {
    SLIPWAY_TRY(file_id, find_file_id(s3_key));
    if (file_id) {
        return true;
    }
    SLIPWAY_TRY(pending, find_pending(s3_key));
    return pending.has_value();
}

Result<std::string> CatalogWriter::free_id(std::string_view s3_key) {
    std::string plain = plain_id(s3_key);
    SLIPWAY_TRY(plain_taken, id_is_taken(plain));
    if (!plain_taken) {
        return plain;
    }
    std::string distinct = distinct_id(s3_key);
    SLIPWAY_TRY(distinct_taken, id_is_taken(distinct));
    if (distinct_taken) {
        return std::string();
    }
    SLIPWAY_CHECK(note_distinct_id());
    return distinct;
}

/// Written each time, as the transaction that wrote it before may have failed.
Result<> CatalogWriter::note_distinct_id() {
    distinct_ids_ = true;
    return database_.execute("UPDATE facts SET distinct_ids = 1 WHERE distinct_ids = 0");
}

Result<bool> CatalogWriter::id_is_taken(std::string_view id) {
    const ResetAtEnd reset_upload(upload_by_id_);
    upload_by_id_.bind_text(1, id);
    SLIPWAY_TRY(uploading, upload_by_id_.step());
    if (uploading) {
        return true;
    }
    const ResetAtEnd reset_file(file_by_id_);
    file_by_id_.bind_text(1, id);
    return file_by_id_.step();
}

Result<std::optional<CatalogWriter::Pending>> CatalogWriter::find_pending(std::string_view s3_key) {
    SLIPWAY_TRY(plain, find_pending_by_id(plain_id(s3_key), s3_key));
    if (plain) {
        return plain;
    }
    return find_pending_by_id(distinct_id(s3_key), s3_key);
}

Result<std::optional<CatalogWriter::Pending>> CatalogWriter::find_pending_by_id(
    std::string_view id, std::string_view s3_key) {
    const ResetAtEnd reset_at_end(upload_by_id_);
    upload_by_id_.bind_text(1, id);
    SLIPWAY_TRY(found, upload_by_id_.step());
    if (!found || upload_by_id_.bytes(1) != s3_key) {
        return std::nullopt;
    }
    const Upload upload = read_upload(upload_by_id_);
    return Pending{upload_by_id_.integer(7),
                   upload.id,
                   upload.file_size,
                   upload.content_type,
                   upload.tier,
                   upload.checksum,
                   to_time(upload_by_id_.integer(8))};
}

Result<std::optional<std::string>> CatalogWriter::find_file_id(std::string_view s3_key) {
    const ResetAtEnd reset_at_end(file_by_key_);
    file_by_key_.bind_text(1, s3_key);
    SLIPWAY_TRY(found, file_by_key_.step());
    if (!found) {
        return std::nullopt;
    }
    return std::string(file_by_key_.bytes(0));
}

Result<bool> CatalogWriter::insert_upload(const Upload& upload) {
    insert_upload_.bind_text(1, upload.id);
    insert_upload_.bind_text(2, upload.s3_key);
    insert_upload_.bind(3, static_cast<std::int64_t>(upload.file_size));
    insert_upload_.bind_text(4, upload.content_type);
    insert_upload_.bind_text(5, upload.tier);
    insert_upload_.bind_text(6, upload.checksum);
    insert_upload_.bind(7, to_column(upload.expires_at));
    SLIPWAY_CHECK(insert_upload_.run());
    return database_.changes() == 1;
}

Result<> CatalogWriter::insert_file(const File& file) {
    insert_file_.bind_text(1, file.id);
    insert_file_.bind_text(2, file.s3_key);
    insert_file_.bind(3, static_cast<std::int64_t>(file.file_size));
    insert_file_.bind_text(4, file.content_type);
    insert_file_.bind_text(5, file.tier);
    insert_file_.bind_text(6, file.checksum);
    insert_file_.bind_text(7, file.etag);
    insert_file_.bind(8, to_column(file.uploaded_at));
    return insert_file_.run();
}

Result<> CatalogWriter::delete_upload(std::int64_t seq) {
    delete_upload_.bind(1, seq);
    return delete_upload_.run();
}

Result<Result<File>> CatalogWriter::confirm(File file) {
    SLIPWAY_TRY(pending, find_pending(file.s3_key));
    if (!pending) {
        SLIPWAY_TRY(file_id, find_file_id(file.s3_key));
        if (file_id && *file_id == file.id) {
            return Result<File>(std::move(file));  // somebody confirmed it meanwhile
        }
        return Result<File>(fail(ErrorKind::not_found,
                                 fmt::format("no upload of {} waits to be confirmed", file.s3_key),
                                 "unknown_upload"));
    }
    if (pending->claimed()) {
        return Result<File>(
            fail(ErrorKind::not_found,
                 fmt::format("the upload of {} expired before it was confirmed; upload it again",
                             file.s3_key),
                 "upload_expired"));
    }
    if (pending->file_size != file.file_size || pending->content_type != file.content_type ||
        pending->tier != file.tier) {
        return Result<File>(fail(ErrorKind::precondition_failed,
                                 fmt::format("another upload of {} was asked for meanwhile; "
                                             "confirm once its object is stored",
                                             file.s3_key),
                                 "upload_replaced"));
    }
    SLIPWAY_CHECK(delete_upload(pending->seq));
    SLIPWAY_CHECK(insert_file(file));
    return Result<File>(std::move(file));
}

Result<bool> CatalogWriter::remove(std::string_view user, std::string_view id) {
    std::string s3_key;
    {
        const ResetAtEnd reset_at_end(file_by_id_);
        file_by_id_.bind_text(1, id);
        SLIPWAY_TRY(found, file_by_id_.step());
        if (!found || user_of(file_by_id_.bytes(1)) != user) {
            return false;
        }
        s3_key = std::string(file_by_id_.bytes(1));
    }
    delete_file_.bind_text(1, s3_key);
    SLIPWAY_CHECK(delete_file_.run());
    return true;
}

Result<std::vector<Upload>> CatalogWriter::claim_expired(Time expired_before,
                                                         Time now,
                                                         Time claimed_until,
                                                         std::size_t count_max) {
    std::vector<std::pair<std::int64_t, Upload>> found;
    {
        const ResetAtEnd reset_at_end(expired_);
        expired_.bind(1, to_column(now));
        expired_.bind(2, static_cast<std::int64_t>(count_max));
        while (true) {
            SLIPWAY_TRY(row, expired_.step());
            if (!row || to_time(expired_.integer(6)) >= expired_before) {
                break;  // in order of expiry: the rest has time left
            }
            found.emplace_back(expired_.integer(7), read_upload(expired_));
        }
    }
    std::vector<Upload> claimed;
    claimed.reserve(found.size());
    for (auto& [seq, upload] : found) {
        claim_.bind(1, seq);
        claim_.bind(2, to_column(claimed_until));
        SLIPWAY_CHECK(claim_.run());
        claimed.push_back(std::move(upload));
    }
    return claimed;
}

Result<> CatalogWriter::forget(const Upload& upload) {
    forget_.bind_text(1, upload.id);
    forget_.bind_text(2, upload.s3_key);
    return forget_.run();
}

}  // namespace slipway::catalog
