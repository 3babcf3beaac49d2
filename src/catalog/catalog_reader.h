// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/catalog.h"
#include "sqlite/database.h"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::catalog {

/// The reading side of the catalog's database: one connection, one thread at a time.
class CatalogReader {
  public:
    static Result<std::unique_ptr<CatalogReader>> open(const std::string& path);

    Result<Pending> pending(std::string_view user, std::string_view s3_key);
    Result<FilePage> list(const ListRequest& request);
    Result<File> find(std::string_view user, std::string_view id);

  private:
    explicit CatalogReader(sqlite::Database database) : database_(std::move(database)) {}
    Result<std::optional<Upload>> upload_by_id(std::string_view id, std::string_view s3_key);

    sqlite::Database database_;
    sqlite::Statement upload_by_id_, file_by_key_, file_by_id_, page_;
};

/// Readers for whoever needs one now, kept open for the next. Any thread.
class ReaderPool {
  public:
    explicit ReaderPool(std::string path) : path_(std::move(path)) {}

    /// A reader until the end of its scope; not to be held across a co_await.
    class Lease {
      public:
        Lease(ReaderPool& pool, std::unique_ptr<CatalogReader> reader)
            : pool_(&pool), reader_(std::move(reader)) {}
        Lease(Lease&& other) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease();
        CatalogReader* operator->() { return reader_.get(); }

      private:
        ReaderPool* pool_;
        std::unique_ptr<CatalogReader> reader_;
    };

    Result<Lease> borrow();

  private:
    const std::string path_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<CatalogReader>> idle_;
};

}  // namespace slipway::catalog
