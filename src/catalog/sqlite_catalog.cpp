// SPDX-License-Identifier: Apache-2.0
#include "catalog/sqlite_catalog.h"

#include "base/limits.h"
#include "catalog/schema.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::catalog {
namespace {

struct Reserve final : Change {
    std::vector<NewUpload> uploads;
    std::vector<Result<Upload>> results;

    Result<> apply(CatalogWriter& writer) override {
        results.reserve(uploads.size());
        for (const NewUpload& upload : uploads) {
            SLIPWAY_TRY(result, writer.reserve(upload));
            results.push_back(std::move(result));
        }
        return {};
    }
};

struct Confirm final : Change {
    std::vector<File> files;
    std::vector<Result<File>> results;

    Result<> apply(CatalogWriter& writer) override {
        results.reserve(files.size());
        for (File& file : files) {
            SLIPWAY_TRY(result, writer.confirm(std::move(file)));
            results.push_back(std::move(result));
        }
        return {};
    }
    bool durable() const override { return true; }
};

struct Remove final : Change {
    std::string user;
    std::string id;
    bool removed = false;

    Result<> apply(CatalogWriter& writer) override {
        SLIPWAY_TRY(done, writer.remove(user, id));
        removed = done;
        return {};
    }
    bool durable() const override { return true; }
};

struct Claim final : Change {
    Time expired_before;
    Time now;
    Time claimed_until;
    std::size_t count_max = 0;
    std::vector<Upload> claimed;

    Result<> apply(CatalogWriter& writer) override {
        SLIPWAY_TRY(found, writer.claim_expired(expired_before, now, claimed_until, count_max));
        claimed = std::move(found);
        return {};
    }
};

struct Forget final : Change {
    std::vector<Upload> uploads;

    Result<> apply(CatalogWriter& writer) override {
        for (const Upload& upload : uploads) {
            SLIPWAY_CHECK(writer.forget(upload));
        }
        return {};
    }
};

}  // namespace

Result<std::unique_ptr<SqliteCatalog>> SqliteCatalog::open(const std::string& path) {
    SLIPWAY_TRY(writer, CatalogWriter::open(path));
    return std::unique_ptr<SqliteCatalog>(new SqliteCatalog(path, std::move(writer)));
}

SqliteCatalog::SqliteCatalog(const std::string& path, std::unique_ptr<CatalogWriter> writer)
    : writer_(std::move(writer)),
      checkpointer_(writer_->database(),
                    writing_options(path),
                    {limits::catalog_log_pages_soft_max, limits::catalog_log_pages_hard_max}),
      readers_(path),
      group_({[this](auto& changes) {
                  writer_->commit(changes);
                  checkpointer_.after_commit();
              },
              [this] { return checkpointer_.behind(); }, [this] { checkpointer_.catch_up(); }}) {
}

template <class Kind>
Task<std::unique_ptr<Kind>> SqliteCatalog::submit(std::unique_ptr<Kind> change) {
    Kind* same = change.get();
    std::unique_ptr<Change> queued = std::move(change);
    std::unique_ptr<Change> done;
    if (same->durable()) {
        done = co_await group_.submit(std::move(queued));
    } else {
        done = co_await group_.submit_unsynced(std::move(queued));
    }
    (void)done.release();  // `same` is what comes back
    std::unique_ptr<Kind> answered(same);
    SLIPWAY_CO_CHECK(std::move(answered->outcome));
    co_return answered;
}

Task<std::vector<Result<Upload>>> SqliteCatalog::reserve(std::vector<NewUpload> uploads) {
    auto change = std::make_unique<Reserve>();
    change->uploads = std::move(uploads);
    SLIPWAY_CO_TRY(done, co_await submit(std::move(change)));
    co_return std::move(done->results);
}

Task<std::vector<Pending>> SqliteCatalog::pending(std::string_view user,
                                                  std::vector<std::string> s3_keys) {
    SLIPWAY_CO_TRY(reader, readers_.borrow());
    std::vector<Pending> found;
    found.reserve(s3_keys.size());
    for (const std::string& s3_key : s3_keys) {
        SLIPWAY_CO_TRY(each, reader->pending(user, s3_key));
        found.push_back(std::move(each));
    }
    co_return found;
}

Task<std::vector<Result<File>>> SqliteCatalog::confirm(std::vector<File> files) {
    auto change = std::make_unique<Confirm>();
    change->files = std::move(files);
    SLIPWAY_CO_TRY(done, co_await submit(std::move(change)));
    co_return std::move(done->results);
}

Task<FilePage> SqliteCatalog::list(const ListRequest& request) {
    SLIPWAY_CO_TRY(reader, readers_.borrow());
    co_return reader->list(request);
}

Task<File> SqliteCatalog::find(std::string_view user, std::string_view id) {
    SLIPWAY_CO_TRY(reader, readers_.borrow());
    co_return reader->find(user, id);
}

Task<> SqliteCatalog::remove(std::string_view user, std::string_view id) {
    auto change = std::make_unique<Remove>();
    change->user = std::string(user);
    change->id = std::string(id);
    SLIPWAY_CO_TRY(done, co_await submit(std::move(change)));
    if (!done->removed) {
        co_return fail(ErrorKind::not_found, fmt::format("there is no file with the id {}", id),
                       "unknown_file");
    }
    co_return Result<>();
}

Task<std::vector<Upload>> SqliteCatalog::claim_expired(Time expired_before,
                                                       Time now,
                                                       Time claimed_until,
                                                       std::size_t count_max) {
    auto change = std::make_unique<Claim>();
    change->expired_before = expired_before;
    change->now = now;
    change->claimed_until = claimed_until;
    change->count_max = count_max;
    SLIPWAY_CO_TRY(done, co_await submit(std::move(change)));
    co_return std::move(done->claimed);
}

Task<> SqliteCatalog::forget(std::vector<Upload> uploads) {
    auto change = std::make_unique<Forget>();
    change->uploads = std::move(uploads);
    SLIPWAY_CO_TRY(done, co_await submit(std::move(change)));
    co_return Result<>();
}

Task<> SqliteCatalog::check() {
    SLIPWAY_CO_TRY(reader, readers_.borrow());
    const auto found = reader->find("", "");
    if (!found && found.error().kind != ErrorKind::not_found) {
        co_return fail(found.error());
    }
    co_return Result<>();
}

}  // namespace slipway::catalog
