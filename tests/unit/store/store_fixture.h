// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/local_store.h"
#include "support/faulty_file_system.h"
#include "support/run_task.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace slipway::test {

/// A local store in a temporary directory on a disk that fails on demand.
class LocalStoreTest : public ::testing::Test {
  protected:
    static constexpr const char* bucket = "photos";

    Result<> open(FaultyFileSystem* system) {
        store::LocalStoreOptions options;
        options.directory = path();
        options.file_system = system;
        SLIPWAY_TRY(opened, store::LocalStore::open(options, disk_, clock_));
        store_ = std::move(opened);
        return {};
    }

    void SetUp() override {
        const Result<> opened = open(&disk_faults_);
        ASSERT_TRUE(opened) << opened.error().message;
        ASSERT_TRUE(run(store_->create_bucket(bucket)));
    }

    std::filesystem::path path() const {
        return std::filesystem::path(directory_.path()) / "store";
    }

    /// Changes the index behind the store's back.
    void change_index(const std::string& sql) {
        sqlite3* index = nullptr;
        ASSERT_EQ(sqlite3_open((path() / "index.db").c_str(), &index), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(index, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(index);
        sqlite3_close(index);
    }

    objects::MultipartUpload begin(std::string key) {
        objects::CreateMultipartRequest request;
        request.bucket = bucket;
        request.key = std::move(key);
        return run(store_->create_multipart(request)).value();
    }
    Result<objects::PartInfo> put_part(const objects::MultipartUpload& upload,
                                       unsigned number,
                                       std::string bytes) {
        objects::PutPartRequest request;
        request.upload = upload;
        request.number = number;
        MemoryBodyReader body(std::move(bytes), 40'000);
        return run(store_->put_part(request, body));
    }
    Result<objects::ObjectInfo> complete(const objects::MultipartUpload& upload,
                                         std::vector<objects::PartInfo> parts) {
        objects::CompleteMultipartRequest request;
        request.upload = upload;
        request.parts = std::move(parts);
        return run(store_->complete_multipart(request));
    }
    /// An object of these parts.
    Result<objects::ObjectInfo> make(const std::string& key,
                                     const std::vector<std::string>& bytes) {
        const auto upload = begin(key);
        std::vector<objects::PartInfo> parts;
        for (const std::string& part : bytes) {
            SLIPWAY_TRY(put, put_part(upload, static_cast<unsigned>(parts.size() + 1), part));
            parts.push_back(std::move(put));
        }
        return complete(upload, std::move(parts));
    }

    Result<objects::ObjectInfo> put(std::string key, std::string bytes) {
        objects::PutRequest request;
        request.bucket = bucket;
        request.key = std::move(key);
        MemoryBodyReader body(std::move(bytes), 40'000);
        return run(store_->put(request, body));
    }

    objects::GetRequest wanted(std::string key) const {
        objects::GetRequest request;
        request.bucket = bucket;
        request.key = std::move(key);
        return request;
    }

    /// The object's bytes, or the code of the failure.
    std::string get(std::string key) {
        auto got = run(store_->get(wanted(std::move(key))));
        return got ? bytes_of(*got) : got.error().code;
    }

    static std::string bytes_of(objects::GetResult& got) {
        if (const auto* text = std::get_if<std::string>(&got.body)) {
            return *text;
        }
        if (auto* reader = std::get_if<std::unique_ptr<BodyReader>>(&got.body)) {
            return run(read_all(**reader, 1U << 30)).value();
        }
        const auto& slice = std::get<FileSlice>(got.body);
        std::string bytes(static_cast<std::size_t>(slice.size), '\0');
        const auto read =
            ::pread(slice.file->fd(), bytes.data(), bytes.size(), static_cast<off_t>(slice.offset));
        EXPECT_EQ(read, static_cast<ssize_t>(bytes.size()));
        return bytes;
    }

    /// Files of large objects on disk.
    std::size_t files_on_disk() const {
        std::size_t count = 0;
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(path() / "objects")) {
            count += entry.is_regular_file() ? 1U : 0U;
        }
        return count;
    }

    TemporaryDirectory directory_;
    SystemClock clock_;
    DiskThreads disk_{2};
    FaultyFileSystem disk_faults_;
    std::unique_ptr<store::LocalStore> store_;
};

}  // namespace slipway::test
