// SPDX-License-Identifier: Apache-2.0
#include "engine/download.h"

#include "support/memory_store.h"
#include "support/run_task.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <utility>

namespace slipway::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A body that breaks off, as a connection that is reset.
class CutBody final : public BodyReader {
  public:
    CutBody(std::string bytes, std::size_t size) : bytes_(std::move(bytes)), size_(size) {}
    std::optional<std::uint64_t> size() const override { return size_; }
    Task<Chunk> read() override {
        if (bytes_.empty()) {
            co_return fail(ErrorKind::unavailable, "the connection was lost");
        }
        co_return Chunk::copy_of(std::exchange(bytes_, ""));
    }

  private:
    std::string bytes_;
    std::size_t size_;
};

/// A store whose answers break off or are garbled as it is told.
class UnsteadyStore final : public test::MemoryStore {
  public:
    using test::MemoryStore::MemoryStore;

    Task<objects::GetResult> get(const objects::GetRequest& request) override {
        ++gets;
        if (refusals > 0) {
            --refusals;
            co_return fail(ErrorKind::unavailable, "come back later");
        }
        auto got = co_await test::MemoryStore::get(request);
        if (!got) {
            co_return got;
        }
        offsets.push_back(got->offset);
        if (request.key == without_checksum) {
            got->info.checksum.reset();
        }
        std::string bytes = std::get<std::string>(std::move(got->body));
        if (garble && !bytes.empty()) {
            bytes[bytes.size() / 2] ^= 1;
        }
        if (cuts > 0) {
            --cuts;
            const std::size_t size = bytes.size();
            bytes.resize(std::min(bytes_before_cut, size));
            got->body = std::make_unique<CutBody>(std::move(bytes), size);
            if (after_cut) {
                after_cut();
            }
        } else {
            got->body = std::move(bytes);
        }
        co_return got;
    }

    unsigned gets = 0;
    unsigned refusals = 0;
    unsigned cuts = 0;
    std::size_t bytes_before_cut = 10;
    bool garble = false;
    std::string without_checksum;
    std::function<void()> after_cut;
    std::vector<std::uint64_t> offsets;
};

class DownloadTest : public ::testing::Test {
  protected:
    DownloadTest() { EXPECT_TRUE(test::run(store_.create_bucket("bucket"))); }

    void put(const std::string& key, const std::string& bytes) {
        objects::PutRequest request;
        request.bucket = "bucket";
        request.key = key;
        MemoryBodyReader body(bytes);
        EXPECT_TRUE(test::run(store_.put(request, body))) << key;
    }

    Result<> get(std::vector<ObjectSource> sources, DownloadOptions options = {}) {
        ObjectFeed feed(store_, std::move(sources), PathFilter());
        auto directory = TargetDirectory::open(target());
        EXPECT_TRUE(directory);
        options.place = [&](const FoundObject& found) -> Result<DownloadOptions::Place> {
            DownloadOptions::Place place;
            place.path = found.key;
            place.sink = std::make_shared<TargetFile>(*directory, found.key);
            return place;
        };
        options.random = [] { return 0.0; };
        options.ended = [this](FileReport report) {
            reports_[report.key] = std::move(report);
            if (cancel_after_first_) {
                download_->cancel();
            }
        };
        Download download(store_, disk_, std::move(options));
        download_ = &download;
        return test::run(download.run(feed));
    }
    Result<> get_all(DownloadOptions options = {}) {
        return get({{"bucket", "", true}}, std::move(options));
    }

    std::string target() const { return directory_.path() + "/target"; }
    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(target())) {
            if (!entry.is_directory()) {
                names.push_back(std::filesystem::relative(entry.path(), target()));
            }
        }
        std::ranges::sort(names);
        return names;
    }

    SystemClock clock_;
    UnsteadyStore store_{clock_};
    DiskThreads disk_{2};
    test::TemporaryDirectory directory_;
    std::map<std::string, FileReport> reports_;
    bool cancel_after_first_ = false;
    Download* download_ = nullptr;
};

TEST_F(DownloadTest, BringsAllThatIsBelow) {
    for (unsigned i = 0; i < 1200; ++i) {
        put("a/" + std::to_string(i), std::string(i, 'x'));
    }
    ASSERT_TRUE(get_all());
    EXPECT_EQ(files().size(), 1200U);
    EXPECT_EQ(directory_.read("target/a/1199"), std::string(1199, 'x'));
    EXPECT_EQ(reports_.at("a/0").end, FileEnd::stored);
}

TEST_F(DownloadTest, WhatBreaksOffGoesOnWhereItWas) {
    put("a", "0123456789abcdefghijklmnopqrstuvwxyz");
    store_.cuts = 3;
    ASSERT_TRUE(get_all());
    EXPECT_EQ(directory_.read("target/a"), "0123456789abcdefghijklmnopqrstuvwxyz");
    EXPECT_THAT(store_.offsets, ElementsAre(0, 10, 20, 30));
    EXPECT_EQ(reports_.at("a").requests, 4U);
}

TEST_F(DownloadTest, ItEndsWhenNothingGetsThrough) {
    put("a", "0123456789");
    store_.bytes_before_cut = 0;
    store_.cuts = 1000;
    ASSERT_TRUE(get_all());
    EXPECT_EQ(reports_.at("a").end, FileEnd::failed);
    EXPECT_EQ(reports_.at("a").error.kind, ErrorKind::unavailable);
    EXPECT_EQ(store_.gets, limits::download_attempts_max);
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(DownloadTest, RefusalsThatPassAreWaitedOut) {
    put("a", "0123456789");
    store_.refusals = 4;
    ASSERT_TRUE(get_all());
    EXPECT_THAT(files(), ElementsAre("a"));
}

TEST_F(DownloadTest, AnObjectThatIsReplacedMeanwhileIsNotMixed) {
    put("a", "0123456789abcdef");
    store_.cuts = 1;
    store_.after_cut = [this] {
        std::exchange(store_.after_cut, nullptr);
        put("a", "ABCDEFGHIJKLMNOP");
    };
    ASSERT_TRUE(get_all());
    EXPECT_EQ(reports_.at("a").end, FileEnd::failed);
    EXPECT_EQ(reports_.at("a").error.code, "SourceChanged");
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(DownloadTest, GarbledBytesLeaveNothing) {
    put("with_checksum", "0123456789");
    put("with_md5", "0123456789");
    store_.without_checksum = "with_md5";
    store_.garble = true;
    ASSERT_TRUE(get_all());
    EXPECT_THAT(files(), IsEmpty());
    EXPECT_THAT(reports_.at("with_checksum").error.message, HasSubstr("CRC64NVME"));
    EXPECT_THAT(reports_.at("with_md5").error.message, HasSubstr("--no-verify-etag"));
    EXPECT_EQ(reports_.at("with_md5").error.kind, ErrorKind::corrupted);
    DownloadOptions trusting;
    trusting.trust_etag = false;
    ASSERT_TRUE(get_all(std::move(trusting)));
    EXPECT_THAT(files(), ElementsAre("with_md5"));
}

TEST_F(DownloadTest, WhatIsNotThereFailsByItself) {
    put("a", "x");
    ASSERT_TRUE(get({{"bucket", "none", false}, {"bucket", "a", false}}));
    EXPECT_EQ(reports_.at("none").error.code, "NoSuchKey");
    EXPECT_THAT(files(), ElementsAre("a"));
}

TEST_F(DownloadTest, AListingThatFailsEndsTheRun) {
    const auto outcome = get({{"elsewhere", "", true}});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, "NoSuchBucket");
}

TEST_F(DownloadTest, CancelLeavesOnlyWhatIsWhole) {
    for (unsigned i = 0; i < 100; ++i) {
        put(std::to_string(i), std::string(1000, 'x'));
    }
    cancel_after_first_ = true;
    ASSERT_TRUE(get_all());
    std::size_t stored = 0;
    for (const auto& [key, report] : reports_) {
        stored += report.end == FileEnd::stored ? 1 : 0;
        EXPECT_NE(report.end, FileEnd::failed) << report.error.message;
    }
    EXPECT_LT(reports_.size(), 100U);
    EXPECT_GE(files().size(), stored);
    for (const std::string& name : files()) {
        EXPECT_EQ(directory_.read("target/" + name), std::string(1000, 'x'));
    }
}

}  // namespace
}  // namespace slipway::engine
