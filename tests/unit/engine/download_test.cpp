// SPDX-License-Identifier: Apache-2.0
#include "engine/download.h"

#include "support/run_task.h"
#include "support/temporary_directory.h"
#include "unsteady_store.h"

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
using ::testing::UnorderedElementsAre;

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
            place.file = std::make_shared<TargetFile>(*directory, found.key);
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
    /// Above 16 MiB: comes in parts.
    std::string put_large(const std::string& key, std::size_t more = 5) {
        std::string bytes(limits::engine_multipart_bytes_min + more, '\0');
        std::uint32_t state = 1;
        for (char& byte : bytes) {
            state = state * 1664525U + 1013904223U;
            byte = static_cast<char>(state >> 24);
        }
        put(key, bytes);
        return bytes;
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

TEST_F(DownloadTest, TheRunIsGivenUpWhenNothingGetsThrough) {
    put("a", "0123456789");
    put("b", "0123456789");
    store_.bytes_before_cut = 0;
    store_.cuts = 1'000'000;
    DownloadOptions options;
    options.scheduler.no_progress_time_max = std::chrono::milliseconds(0);
    options.scheduler.requests_max = 1;
    ASSERT_TRUE(get_all(std::move(options)));
    for (const char* key : {"a", "b"}) {
        EXPECT_EQ(reports_.at(key).end, FileEnd::gave_up);
        EXPECT_EQ(reports_.at(key).error->kind, ErrorKind::unavailable);
        EXPECT_THAT(reports_.at(key).error->message, HasSubstr("nothing got through for 0 s"));
    }
    EXPECT_THAT(reports_.at("a").error->message, HasSubstr("the connection was lost"));
    EXPECT_EQ(reports_.at("a").requests, limits::retry_attempts_max);
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(DownloadTest, AnArchivedObjectIsSaidToBeOne) {
    put("small", "0123456789");
    put_large("large");
    for (const char* key : {"small", "large"}) {
        store_.archived = key;
        ASSERT_TRUE(get({{"bucket", key, false}}));
        EXPECT_EQ(reports_.at(key).end, FileEnd::failed);
        EXPECT_EQ(reports_.at(key).error->code, "InvalidObjectState");
    }
}

TEST_F(DownloadTest, ARunThatSomethingComesOfGoesOn) {
    put("a", std::string(100, 'x'));
    store_.bytes_before_cut = 1;
    store_.cuts = 99;
    DownloadOptions options;
    options.scheduler.no_progress_time_max = std::chrono::seconds(1);
    ASSERT_TRUE(get_all(std::move(options)));
    EXPECT_EQ(reports_.at("a").requests, 100U);
    EXPECT_EQ(directory_.read("target/a"), std::string(100, 'x'));
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
    EXPECT_EQ(reports_.at("a").error->code, "SourceChanged");
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(DownloadTest, GarbledBytesLeaveNothing) {
    put("with_checksum", "0123456789");
    put("with_md5", "0123456789");
    store_.without_checksum = "with_md5";
    store_.garble = true;
    ASSERT_TRUE(get_all());
    EXPECT_THAT(files(), IsEmpty());
    EXPECT_THAT(reports_.at("with_checksum").error->message, HasSubstr("CRC64NVME"));
    EXPECT_THAT(reports_.at("with_md5").error->message, HasSubstr("--no-verify-etag"));
    EXPECT_EQ(reports_.at("with_md5").error->kind, ErrorKind::corrupted);
    DownloadOptions trusting;
    trusting.trust_etag = false;
    ASSERT_TRUE(get_all(std::move(trusting)));
    EXPECT_THAT(files(), ElementsAre("with_md5"));
}

TEST_F(DownloadTest, ALargeOneComesInParts) {
    const std::string bytes = put_large("large");
    put("small", "x");
    ASSERT_TRUE(get_all());
    EXPECT_TRUE(directory_.read("target/large") == bytes);
    EXPECT_THAT(store_.offsets, UnorderedElementsAre(0, 0, 8U << 20, 16U << 20));
    EXPECT_EQ(reports_.at("large").requests, 4U) << "a HEAD, and its parts";
    EXPECT_EQ(reports_.at("large").info.size, bytes.size());
    EXPECT_TRUE(reports_.at("large").info.checksum);
}

TEST_F(DownloadTest, PartsThatBreakOffGoOnWhereTheyWere) {
    const std::string bytes = put_large("large");
    store_.head_refusals = 2 * limits::download_look_attempts_max;
    store_.cuts = 20;
    store_.bytes_before_cut = 3 << 20;
    ASSERT_TRUE(get_all());
    EXPECT_TRUE(directory_.read("target/large") == bytes);
}

TEST_F(DownloadTest, PartsAreAllOfOneVersion) {
    put_large("large");
    store_.cuts = 1;
    store_.after_cut = [this] {
        std::exchange(store_.after_cut, nullptr);
        put_large("large", 6);
    };
    ASSERT_TRUE(get_all());
    EXPECT_EQ(reports_.at("large").end, FileEnd::failed);
    EXPECT_EQ(reports_.at("large").error->code, "SourceChanged");
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(DownloadTest, ALargeOneThatIsNotAsListedComesAsItIs) {
    put_large("grown");
    put_large("shrunk", 100);
    put_large("tiny");
    std::string grown;
    std::string shrunk;
    DownloadOptions options;
    options.found = [&](const FoundObject& found) {
        if (found.key == "tiny") {  // the last one that is found; none has been looked at
            grown = put_large("grown", 9U << 20);
            shrunk = put_large("shrunk", 0);
            put("tiny", "x");
        }
    };
    std::int64_t resized = 0;
    options.resized = [&resized](std::int64_t bytes) { resized += bytes; };
    ASSERT_TRUE(get_all(std::move(options)));
    EXPECT_TRUE(directory_.read("target/grown") == grown);
    EXPECT_TRUE(directory_.read("target/shrunk") == shrunk);
    EXPECT_EQ(directory_.read("target/tiny"), "x");
    EXPECT_EQ(resized, (9 << 20) - 5 - 100 - (16 << 20) - 4);
}

TEST_F(DownloadTest, GarbledPartsLeaveNothing) {
    put_large("with_checksum");
    put_large("with_md5");
    store_.without_checksum = "with_md5";
    ASSERT_TRUE(get_all());
    EXPECT_EQ(files().size(), 2U);
    std::filesystem::remove_all(target());
    store_.garble = true;
    ASSERT_TRUE(get_all());
    EXPECT_THAT(files(), IsEmpty());
    EXPECT_THAT(reports_.at("with_checksum").error->message, HasSubstr("CRC64NVME"));
    EXPECT_THAT(reports_.at("with_md5").error->message, HasSubstr("--no-verify-etag"));
}

TEST_F(DownloadTest, WhatIsThereAlreadyIsLeft) {
    const std::string large = put_large("large");
    put("same", "0123456789");
    put("other", "0123456789");
    put("longer", "0123456789");
    put("new", "0123456789");
    put("no_proof", "0123456789");
    store_.without_checksum = "no_proof";
    directory_.write("target/large", large);
    directory_.write("target/same", "0123456789");
    directory_.write("target/other", "012345678x");
    directory_.write("target/longer", "0123456789x");
    directory_.write("target/no_proof", "0123456789");
    DownloadOptions options;
    options.if_changed = true;
    options.trust_etag = false;
    std::vector<std::string> present;
    options.present = [&](const FileReport& file) { present.push_back(file.key); };
    ASSERT_TRUE(get_all(std::move(options)));
    EXPECT_THAT(present, UnorderedElementsAre("large", "same"));
    EXPECT_EQ(reports_.size(), 4U);
    EXPECT_EQ(directory_.read("target/other"), "0123456789");
    EXPECT_EQ(directory_.read("target/longer"), "0123456789");
    EXPECT_EQ(store_.heads, 4U) << "what has another size, or is not there, needs no look";
}

TEST_F(DownloadTest, ALargeNamedOneIsLookedAtOnce) {
    const std::string bytes = put_large("large");
    ASSERT_TRUE(get({{"bucket", "large", false}}));
    EXPECT_TRUE(directory_.read("target/large") == bytes);
    EXPECT_EQ(store_.heads, 1U);
}

TEST_F(DownloadTest, WhatIsNotThereFailsByItself) {
    put("a", "x");
    ASSERT_TRUE(get({{"bucket", "none", false}, {"bucket", "a", false}}));
    EXPECT_EQ(reports_.at("none").error->code, "NoSuchKey");
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
        EXPECT_NE(report.end, FileEnd::failed) << report.error->message;
    }
    EXPECT_LT(stored, 100U);
    EXPECT_EQ(reports_.size(), 100U) << "also what was known and not begun";
    EXPECT_GE(files().size(), stored);
    for (const std::string& name : files()) {
        EXPECT_EQ(directory_.read("target/" + name), std::string(1000, 'x'));
    }
}

}  // namespace
}  // namespace slipway::engine
