// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/catalog.h"
#include "codec/time.h"
#include "support/run_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What holds for every Catalog. One joins by INSTANTIATE_TEST_SUITE_P with a way to make an empty
/// one; the tests themselves are in catalog_reserve_test.cpp, catalog_files_test.cpp and
/// catalog_claims_test.cpp.
namespace slipway::test {

/// A catalog under test together with all it stands on.
class CatalogFixture {
  public:
    virtual ~CatalogFixture() = default;
    virtual catalog::Catalog& catalog() = 0;
    /// Ends it and opens it again, as a restart of the program does.
    virtual void reopen() = 0;
};

struct CatalogUnderTest {
    std::string name;
    std::function<std::unique_ptr<CatalogFixture>()> make;
};

inline void PrintTo(const CatalogUnderTest& catalog, std::ostream* out) {
    *out << catalog.name;
}

class CatalogConformance : public ::testing::TestWithParam<CatalogUnderTest> {
  protected:
    using NewUpload = catalog::NewUpload;
    using Upload = catalog::Upload;
    using File = catalog::File;
    using OnConflict = catalog::OnConflict;

    catalog::Catalog& catalog() { return fixture_->catalog(); }
    void reopen() { fixture_->reopen(); }

    static NewUpload photo(std::string file_name, std::string user = "ada") {
        NewUpload upload;
        upload.user = std::move(user);
        upload.file_name = std::move(file_name);
        upload.file_size = 1'024'000;
        upload.content_type = "image/jpeg";
        upload.tier = "standard";
        upload.checksum = "sha256:abc";
        upload.expires_at = start + std::chrono::hours(1);
        return upload;
    }

    static NewUpload photo(std::string file_name, OnConflict on_conflict) {
        NewUpload upload = photo(std::move(file_name));
        upload.on_conflict = on_conflict;
        return upload;
    }

    std::vector<Result<Upload>> reserve_all(std::vector<NewUpload> uploads) {
        return run(catalog().reserve(std::move(uploads))).value();
    }

    Result<Upload> reserve(NewUpload upload) {
        std::vector<NewUpload> one;
        one.push_back(std::move(upload));
        auto outcomes = reserve_all(std::move(one));
        EXPECT_EQ(outcomes.size(), 1U);
        return std::move(outcomes.front());
    }

    /// What the server makes of an upload whose object it has seen.
    static File proven(const Upload& upload, Time at = start) {
        File file;
        file.id = upload.id;
        file.s3_key = upload.s3_key;
        file.user = upload.user;
        file.file_size = upload.file_size;
        file.content_type = upload.content_type;
        file.tier = upload.tier;
        file.checksum = "crc64nvme:AAAAAAAAAAA=";
        file.etag = "d41d8cd98f00b204e9800998ecf8427e";
        file.uploaded_at = at;
        return file;
    }

    Result<File> confirm(File file) {
        std::vector<File> one;
        one.push_back(std::move(file));
        auto outcomes = run(catalog().confirm(std::move(one))).value();
        EXPECT_EQ(outcomes.size(), 1U);
        return std::move(outcomes.front());
    }

    /// A file from request to confirmation.
    File put(NewUpload upload) {
        return confirm(proven(reserve(std::move(upload)).value())).value();
    }

    catalog::Pending pending(std::string_view user, std::string s3_key) {
        std::vector<std::string> one;
        one.push_back(std::move(s3_key));
        auto found = run(catalog().pending(user, std::move(one))).value();
        EXPECT_EQ(found.size(), 1U);
        return std::move(found.front());
    }

    std::vector<Upload> claim(Time now, std::size_t count_max = 100) {
        return run(catalog().claim_expired(now, now, now + claim_time, count_max)).value();
    }

    Result<catalog::FilePage> list(std::string prefix = "",
                                   std::string cursor = "",
                                   unsigned limit = 100,
                                   std::string user = "ada") {
        catalog::ListRequest request;
        request.user = std::move(user);
        request.prefix = std::move(prefix);
        request.cursor = std::move(cursor);
        request.limit = limit;
        return run(catalog().list(request));
    }

    static std::vector<std::string> names(const catalog::FilePage& page) {
        std::vector<std::string> found;
        for (const File& file : page.files) {
            found.emplace_back(file.file_name());
        }
        return found;
    }

    static std::vector<std::string> keys(const std::vector<Upload>& uploads) {
        std::vector<std::string> found;
        for (const Upload& upload : uploads) {
            found.push_back(upload.s3_key);
        }
        return found;
    }

    static inline const Time start = codec::parse_iso8601("2026-11-21T12:00:00Z").value();
    static constexpr auto claim_time = std::chrono::minutes(10);

  private:
    std::unique_ptr<CatalogFixture> fixture_ = GetParam().make();
};

}  // namespace slipway::test
