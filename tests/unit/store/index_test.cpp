// SPDX-License-Identifier: Apache-2.0
#include "store/index.h"

#include "support/run_task.h"
#include "support/temporary_directory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace slipway::store {
namespace {

constexpr int page_bytes = 4096;
constexpr sqlite::CheckpointLimits log_limits{20, 60};

class IndexTest : public ::testing::Test {
  protected:
    void SetUp() override {
        index_ = Index::open(directory_.path(), system_, log_limits).value();
        commit(CreateBucket{"photos", Time()});
        bucket_ = index_->find_bucket("photos").value().id;
    }

    template <class What>
    void commit(What what) {
        auto change = std::make_unique<IndexChange>();
        change->what = std::move(what);
        change = test::run(index_->submit(std::move(change)));
        ASSERT_TRUE(change->outcome) << change->outcome.error().message;
    }

    void put(const std::string& key, std::string data) {
        PutObject put;
        put.bucket = "photos";
        put.info.key = key;
        put.info.size = data.size();
        put.data = std::move(data);
        commit(std::move(put));
    }

    std::optional<std::string> data_of(const std::string& key) {
        const auto find = [&](IndexReader& reader) {
            return reader.find(bucket_, key, IndexReader::Data::load);
        };
        auto row = index_->read(find).value();
        return row ? std::optional(std::move(row->data)) : std::nullopt;
    }

    std::uintmax_t log_bytes() const {
        return std::filesystem::file_size(directory_.path() + "/index.db-wal");
    }

    test::TemporaryDirectory directory_;
    FileSystem system_;
    std::unique_ptr<Index> index_;
    std::int64_t bucket_ = 0;
};

TEST_F(IndexTest, AReadSeesWhatWasCommittedSinceTheLast) {
    EXPECT_EQ(data_of("a"), std::nullopt);
    put("a", "first");
    EXPECT_EQ(data_of("a"), "first");
    put("a", "second");
    EXPECT_EQ(data_of("a"), "second");
    EXPECT_EQ(data_of("a"), "second") << "from the snapshot of the read before";
}

TEST_F(IndexTest, AReadSeesOneState) {
    put("a", "old");
    const auto look_twice = [&](IndexReader& reader) -> Result<bool> {
        SLIPWAY_TRY(before, reader.find(bucket_, "a", IndexReader::Data::load));
        put("a", "new");
        SLIPWAY_TRY(after, reader.find(bucket_, "a", IndexReader::Data::load));
        return before->data == "old" && after->data == "old";
    };
    EXPECT_TRUE(index_->read(look_twice).value());
    EXPECT_EQ(data_of("a"), "new");
}

TEST_F(IndexTest, ReadersThatRestLetTheLogStartAnew) {
    for (int i = 0; i < 200; ++i) {
        put("a", std::string(page_bytes, static_cast<char>('a' + i % 26)));
        EXPECT_TRUE(data_of("a"));
    }
    // A commit may begin just below the limit, and takes some pages itself.
    EXPECT_LT(log_bytes(), 2 * log_limits.log_pages_hard_max * page_bytes);
}

}  // namespace
}  // namespace slipway::store
