// SPDX-License-Identifier: Apache-2.0
#include "catalog/catalog_reader.h"

#include "catalog/file_names.h"
#include "catalog/rows.h"
#include "catalog/schema.h"
#include "codec/hex.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::catalog {
namespace {

using sqlite::ResetAtEnd;

/// The first text after all that start with `prefix`, in order of bytes; empty when there is none.
std::string after_prefix(std::string prefix) {
    while (!prefix.empty()) {
        const auto last = static_cast<unsigned char>(prefix.back());
        if (last < 0xff) {
            prefix.back() = static_cast<char>(last + 1);
            return prefix;
        }
        prefix.pop_back();
    }
    return prefix;
}

}  // namespace

Result<std::unique_ptr<CatalogReader>> CatalogReader::open(const std::string& path) {
    SLIPWAY_TRY(database, open_for_reading(path));
    std::unique_ptr<CatalogReader> reader(new CatalogReader(std::move(database)));
    const std::pair<sqlite::Statement&, std::string> wanted[] = {
        {reader->upload_by_id_,
         fmt::format("SELECT {} FROM uploads WHERE id = ?1", upload_columns)},
        {reader->file_by_key_, fmt::format("SELECT {} FROM files WHERE s3_key = ?1", file_columns)},
        {reader->file_by_id_, fmt::format("SELECT {} FROM files WHERE id = ?1", file_columns)},
        {reader->page_, fmt::format("SELECT {} FROM files WHERE s3_key > ?1 AND s3_key >= ?2 "
                                    "AND s3_key < ?3 ORDER BY s3_key LIMIT ?4",
                                    file_columns)},
    };
    for (const auto& [statement, sql] : wanted) {
        SLIPWAY_TRY(prepared, reader->database_.prepare(sql));
        statement = std::move(prepared);
    }
    return reader;
}

Result<std::optional<Upload>> CatalogReader::upload_by_id(std::string_view id,
                                                          std::string_view s3_key) {
    const ResetAtEnd reset_at_end(upload_by_id_);
    upload_by_id_.bind_text(1, id);
    SLIPWAY_TRY(found, upload_by_id_.step());
    if (!found || upload_by_id_.bytes(1) != s3_key) {
        return std::nullopt;
    }
    return read_upload(upload_by_id_);
}

Result<Pending> CatalogReader::pending(std::string_view user, std::string_view s3_key) {
    Pending result;
    if (user_of(s3_key) != user) {
        return result;  // somebody else's: as if it were not there
    }
    SLIPWAY_TRY(plain, upload_by_id(plain_id(s3_key), s3_key));
    result.upload = std::move(plain);
    if (!result.upload) {
        SLIPWAY_TRY(distinct, upload_by_id(distinct_id(s3_key), s3_key));
        result.upload = std::move(distinct);
    }
    const ResetAtEnd reset_at_end(file_by_key_);
    file_by_key_.bind_text(1, s3_key);
    SLIPWAY_TRY(found, file_by_key_.step());
    if (found) {
        result.file = read_file(file_by_key_);
    }
    return result;
}

Result<FilePage> CatalogReader::list(const ListRequest& request) {
    const std::string prefix = key_of(request.user, request.prefix);
    const std::string end = after_prefix(prefix);
    std::string after;
    if (!request.cursor.empty()) {
        const auto decoded = codec::hex_decode(request.cursor);
        if (decoded) {
            after.assign(reinterpret_cast<const char*>(decoded->data()), decoded->size());
        }
        if (after.empty() || user_of(after) != request.user) {
            return fail(ErrorKind::invalid_argument,
                        "cursor is not one of ours; take next_cursor of the page before",
                        "invalid_cursor");
        }
    }
    const ResetAtEnd reset_at_end(page_);
    page_.bind_text(1, after);
    page_.bind_text(2, prefix);
    page_.bind_text(3, end);
    page_.bind(4, static_cast<std::int64_t>(request.limit) + 1);
    FilePage page;
    while (true) {
        SLIPWAY_TRY(row, page_.step());
        if (!row) {
            return page;
        }
        if (page.files.size() == request.limit) {
            const std::string& last = page.files.back().s3_key;
            // Hex, because clients put it into a query as it is.
            page.next_cursor = codec::hex_encode(std::as_bytes(std::span(last)));
            return page;
        }
        page.files.push_back(read_file(page_));
    }
}

Result<File> CatalogReader::find(std::string_view user, std::string_view id) {
    const ResetAtEnd reset_at_end(file_by_id_);
    file_by_id_.bind_text(1, id);
    SLIPWAY_TRY(found, file_by_id_.step());
    if (!found || user_of(file_by_id_.bytes(1)) != user) {
        return fail(ErrorKind::not_found, fmt::format("there is no file with the id {}", id),
                    "unknown_file");
    }
    return read_file(file_by_id_);
}

ReaderPool::Lease::~Lease() {
    if (reader_) {
        const std::lock_guard lock(pool_->mutex_);
        pool_->idle_.push_back(std::move(reader_));
    }
}

Result<ReaderPool::Lease> ReaderPool::borrow() {
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            auto reader = std::move(idle_.back());
            idle_.pop_back();
            return Lease(*this, std::move(reader));
        }
    }
    SLIPWAY_TRY(reader, CatalogReader::open(path_));
    return Lease(*this, std::move(reader));
}

}  // namespace slipway::catalog
