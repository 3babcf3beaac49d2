// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/catalog.h"
#include "catalog/catalog_reader.h"
#include "catalog/catalog_writer.h"
#include "sqlite/checkpointer.h"
#include "task/group_commit.h"

#include <memory>
#include <string>

namespace slipway::catalog {

/// The catalog in an SQLite file: for one `slipway serve`.
///
/// Changes of concurrent requests share a commit on one committing thread; reads run where they are
/// asked for (docs/adr/0001). The file survives kill -9 at any moment.
class SqliteCatalog final : public Catalog {
  public:
    /// Opens `path`, and makes it when it is missing.
    /// Errors: io, no_space, corrupted, unsupported (written by a newer Slipway).
    static Result<std::unique_ptr<SqliteCatalog>> open(const std::string& path);

    Task<std::vector<Result<Upload>>> reserve(std::vector<NewUpload> uploads) override;
    Task<std::vector<Pending>> pending(std::string_view user,
                                       std::vector<std::string> s3_keys) override;
    Task<std::vector<Result<File>>> confirm(std::vector<File> files) override;
    Task<FilePage> list(const ListRequest& request) override;
    Task<File> find(std::string_view user, std::string_view id) override;
    Task<> remove(std::string_view user, std::string_view id) override;
    Task<std::vector<Upload>> claim_expired(Time expired_before,
                                            Time now,
                                            Time claimed_until,
                                            std::size_t count_max) override;
    Task<> forget(std::vector<Upload> uploads) override;
    Task<> check() override;

  private:
    SqliteCatalog(const std::string& path, std::unique_ptr<CatalogWriter> writer);

    template <class Kind>
    Task<std::unique_ptr<Kind>> submit(std::unique_ptr<Kind> change);

    std::unique_ptr<CatalogWriter> writer_;
    sqlite::Checkpointer checkpointer_;
    ReaderPool readers_;
    GroupCommit<Change> group_;  // last: its thread uses the writer
};

}  // namespace slipway::catalog
