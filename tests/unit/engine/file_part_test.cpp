// SPDX-License-Identifier: Apache-2.0
#include "engine/transfer.h"
#include "objects/running_checksum.h"
#include "support/memory_store.h"
#include "support/run_task.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <utility>

// Parts of a file, whose checksum a store wants before them, or computes, or wants after all.
namespace slipway::engine {
namespace {

enum class Wants { nothing, checksum_before, checksum_after_all };

class DemandingStore final : public test::MemoryStore {
  public:
    using test::MemoryStore::MemoryStore;

    Task<objects::PartInfo> put_part(const objects::PutPartRequest& request,
                                     BodyReader& body) override {
        EXPECT_TRUE(request.read_checksum);
        EXPECT_TRUE(request.checksum && request.checksum->value.empty());
        if (wants == Wants::checksum_after_all) {
            SLIPWAY_CO_TRY(in_vain, co_await read_all(body, 16 << 20));
            EXPECT_EQ(in_vain.size(), *body.size());
        }
        if (on_part) {
            std::exchange(on_part, nullptr)();
        }
        objects::PutPartRequest declared = request;
        if (wants != Wants::nothing) {
            SLIPWAY_CO_TRY(checksum, co_await request.read_checksum());
            EXPECT_FALSE(checksum.value.empty());
            declared.checksum = std::move(checksum);
        }
        co_return co_await test::MemoryStore::put_part(declared, body);
    }

    Wants wants = Wants::nothing;
    std::function<void()> on_part;  // once
};

class FilePartTest : public ::testing::TestWithParam<Wants> {
  protected:
    /// One file, found when the transfer asks for it.
    class OneFile final : public Feed {
      public:
        OneFile(const std::string& path, DiskThreads& disk) : path_(path), disk_(disk) {}
        Task<std::optional<NewFile>> next() override {
            if (std::exchange(given_, true)) {
                co_return std::nullopt;
            }
            struct stat found {};
            EXPECT_EQ(::stat(path_.c_str(), &found), 0);
            NewFile file;
            file.key = "file";
            file.source = std::make_unique<FileSource>(path_, found, disk_);
            co_return file;
        }

      private:
        const std::string& path_;
        DiskThreads& disk_;
        bool given_ = false;
    };

    FilePartTest() {
        EXPECT_TRUE(test::run(store_.create_bucket("photos")));
        store_.wants = GetParam();
        for (std::size_t i = 0; i < content_.size(); ++i) {
            content_[i] = static_cast<char>(i * i >> 7U);
        }
        std::ofstream(path_) << content_;
    }

    FileReport upload() {
        FileReport report;
        TransferOptions options;
        options.bucket = "photos";
        options.random = [] { return 0.0; };
        options.sent = [this](Slot, std::int64_t count) { sent_ += count; };
        options.ended = [&](FileReport ended) { report = std::move(ended); };
        Transfer transfer(store_, std::move(options));
        OneFile feed(path_, disk_);
        EXPECT_TRUE(test::run(transfer.run(feed)));
        return report;
    }

    std::string stored() {
        objects::GetRequest request;
        request.bucket = "photos";
        request.key = "file";
        auto result = test::run(store_.get(request));
        return result ? std::get<std::string>(result->body) : result.error().code;
    }

    std::string content_ = std::string((20U << 20U) + 5, '\0');
    test::TemporaryDirectory directory_;
    const std::string path_ = directory_.path() + "/file";
    SystemClock clock_;
    DemandingStore store_{clock_};
    DiskThreads disk_{2};
    std::int64_t sent_ = 0;
};

TEST_P(FilePartTest, ArriveWholeAndAreToldOnce) {
    const FileReport report = upload();
    EXPECT_EQ(report.end, FileEnd::stored) << report.error->message;
    EXPECT_TRUE(stored() == content_);
    EXPECT_EQ(report.info.checksum,
              objects::checksum_of(objects::ChecksumAlgorithm::crc64nvme, content_));
    EXPECT_EQ(sent_, static_cast<std::int64_t>(content_.size()));
}

TEST_P(FilePartTest, AChangeMeanwhileIsAnError) {
    store_.on_part = [this] { std::ofstream(path_, std::ios::app) << "more"; };
    const FileReport report = upload();
    EXPECT_EQ(report.end, FileEnd::failed);
    EXPECT_EQ(report.error->code, "SourceChanged");
    EXPECT_THAT(report.error->message, ::testing::HasSubstr("grew"));
    EXPECT_EQ(stored(), "NoSuchKey");
}

INSTANTIATE_TEST_SUITE_P(Stores,
                         FilePartTest,
                         ::testing::Values(Wants::nothing,
                                           Wants::checksum_before,
                                           Wants::checksum_after_all));

}  // namespace
}  // namespace slipway::engine
