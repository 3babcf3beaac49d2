// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/catalog.h"
#include "sqlite/database.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::catalog {

/// One caller's change, waiting for its group's commit, with its outcome.
///
/// `outcome` is set by apply() or, when the group's commit fails, by the commit.
struct Change {
    virtual ~Change() = default;
    /// Makes the change in the open transaction. A failed Result is the database's: it ends the
    /// group. What is wrong with one item is that item's outcome.
    virtual Result<> apply(class CatalogWriter& writer) = 0;
    /// Whether it must survive power loss and not only the death of the process.
    virtual bool durable() const { return false; }

    Result<> outcome;
};

/// The writing side of the catalog's database. Used on the committing thread only.
class CatalogWriter {
  public:
    static Result<std::unique_ptr<CatalogWriter>> open(const std::string& path);

    /// Applies all changes in one transaction. When that fails every outcome says why, and nothing
    /// of the group is there.
    void commit(std::vector<std::unique_ptr<Change>>& changes);

    sqlite::Database& database() { return database_; }

    // What changes are made of; a failed outer Result is the database's.
    Result<Result<Upload>> reserve(const NewUpload& upload);
    Result<Result<File>> confirm(File file);
    Result<bool> remove(std::string_view user, std::string_view id);
    Result<std::vector<Upload>> claim_expired(Time expired_before,
                                              Time now,
                                              Time claimed_until,
                                              std::size_t count_max);
    Result<> forget(const Upload& upload);

  private:
    /// A row of `uploads` that holds a key.
    struct Pending {
        std::int64_t seq = 0;
        std::string id;
        std::uint64_t file_size = 0;
        std::string content_type;
        std::string tier;
        std::string checksum;
        Time claimed_until{};

        /// Also when the claim is over: whoever held it may still be deleting the object.
        bool claimed() const { return claimed_until > Time(); }
    };

    explicit CatalogWriter(sqlite::Database database) : database_(std::move(database)) {}
    Result<> prepare();
    Result<> apply_all(std::vector<std::unique_ptr<Change>>& changes);
    Result<> set_durable(bool durable);

    Result<std::optional<Upload>> reserve_if_new(const NewUpload& upload,
                                                 const std::string& s3_key);
    Result<Result<Upload>> reserve_key(const NewUpload& upload, std::string s3_key);
    Result<Result<Upload>> reserve_free_name(const NewUpload& upload);
    Result<Result<Upload>> renew(const NewUpload& upload);
    Result<bool> is_taken(std::string_view s3_key);
    Result<std::string> free_id(std::string_view s3_key);
    Result<bool> id_is_taken(std::string_view id);
    Result<std::optional<Pending>> find_pending(std::string_view s3_key);
    Result<std::optional<Pending>> find_pending_by_id(std::string_view id, std::string_view s3_key);
    Result<std::optional<std::string>> find_file_id(std::string_view s3_key);
    /// False: the id is taken, and nothing was written.
    Result<bool> insert_upload(const Upload& upload);
    Result<> note_distinct_id();
    Result<> insert_file(const File& file);
    Result<> delete_upload(std::int64_t seq);

    sqlite::Database database_;
    bool durable_ = false;
    bool distinct_ids_ = false;  // as in the table facts
    sqlite::Statement begin_, commit_, rollback_;
    sqlite::Statement upload_by_id_, insert_upload_, delete_upload_;
    sqlite::Statement expired_, claim_, forget_;
    sqlite::Statement file_by_key_, file_by_id_, insert_file_, delete_file_;
};

}  // namespace slipway::catalog
