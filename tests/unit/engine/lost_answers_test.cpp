// SPDX-License-Identifier: Apache-2.0
// What an answer that does not come, or says something else, leaves open, and what a Transfer makes
// of it; and how it ends when it is cancelled.
#include "engine/transfer.h"
#include "support/sim/sim_source.h"
#include "support/sim/sim_store.h"
#include "task/spawn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>

namespace slipway::test {
namespace {

using namespace std::chrono_literals;
using engine::FileEnd;
using ::testing::HasSubstr;

constexpr std::uint64_t mebibyte = 1ULL << 20U;

class OneFile final : public engine::Feed {
  public:
    explicit OneFile(engine::NewFile file) : file_(std::move(file)) {}
    Task<std::optional<engine::NewFile>> next() override {
        co_return std::exchange(file_, std::nullopt);
    }

  private:
    std::optional<engine::NewFile> file_;
};

/// A disk that fails in a way nobody thought of.
class ThrowingSource final : public engine::Source {
  public:
    std::uint64_t size() const override { return 5; }
    Task<engine::PartBytes> read(const engine::Part&,
                                 objects::ChecksumAlgorithm,
                                 ChunkPool&) override {
        throw std::runtime_error("nobody thought of this");
        co_return engine::PartBytes();
    }
};

class LostAnswers : public ::testing::Test {
  protected:
    void put_into(const Weather& weather) { store_.emplace(time_, dice_, weather); }

    engine::FileReport upload(std::uint64_t size) {
        file_.size = size;
        return upload(std::make_unique<SimSource>(file_, time_, chunks_most_));
    }

    engine::FileReport upload(std::unique_ptr<engine::Source> source) {
        engine::NewFile file;
        file.key = "file";
        file.source = std::move(source);
        file.conditions = conditions_;
        OneFile feed(std::move(file));
        engine::FileReport report;
        engine::TransferOptions options;
        options.bucket = "bucket";
        options.scheduler = scheduler_;
        options.timeline = &time_;
        options.random = [] { return 0.5; };
        options.ended = [&report](engine::FileReport ended) { report = std::move(ended); };
        engine::Transfer transfer(*store_, options);
        if (cancel_after_) {
            spawn(time_.executor(), cancel_later(transfer));
        }
        const Instant begin = time_.now();
        EXPECT_TRUE(time_.run(transfer.run(feed), begin + 1h));
        took_ = time_.now() - begin;
        return report;
    }

    Async<void> cancel_later(engine::Transfer& transfer) {
        co_await time_.pause(*cancel_after_);
        transfer.cancel();
    }

    void add_object() { store_->add_object("file", 100, 1000); }

    Dice dice_{1};
    VirtualTime time_;
    std::optional<SimStore> store_{std::in_place, time_, dice_, Weather()};
    engine::SchedulerOptions scheduler_;
    SimFile file_{7};
    std::size_t chunks_most_ = 0;
    objects::Conditions conditions_;
    std::optional<std::chrono::microseconds> cancel_after_;
    std::chrono::nanoseconds took_{0};
};

TEST_F(LostAnswers, APutIfAbsentThatGotThroughUnheardIsStored) {
    conditions_.if_none_match = "*";
    store_->lose_next = {"put"};
    const auto report = upload(1000);
    EXPECT_EQ(report.end, FileEnd::stored) << report.error->message;
    EXPECT_EQ(report.info.etag, store_->objects.at("file").info.etag);
    EXPECT_EQ(store_->requests["put"], 2U);
    EXPECT_EQ(store_->requests["head"], 1U);
}

TEST_F(LostAnswers, APutIfAbsentThatGoesInPiecesIsKnownAgainToo) {
    scheduler_.memory_bytes = 2 * mebibyte;
    conditions_.if_none_match = "*";
    store_->lose_next = {"put"};
    const auto report = upload(9 * mebibyte + 5);
    EXPECT_EQ(report.end, FileEnd::stored) << report.error->message;
    EXPECT_LE(chunks_most_ * limits::chunk_bytes, 3 * mebibyte);
}

TEST_F(LostAnswers, APutIfMatchLikewise) {
    add_object();
    conditions_.if_match = store_->objects.at("file").info.etag;
    store_->lose_next = {"put", "head"};
    EXPECT_EQ(upload(1000).end, FileEnd::stored);
    EXPECT_EQ(store_->objects.at("file").content, 7U);
    EXPECT_EQ(store_->requests["head"], 2U) << "looks again when the look failed";
}

TEST_F(LostAnswers, AnotherObjectThereIsNotTakenForIt) {
    add_object();
    conditions_.if_none_match = "*";
    store_->refuse_next = {"put"};
    const auto report = upload(1000);
    EXPECT_EQ(report.end, FileEnd::failed);
    EXPECT_EQ(report.error->code, "PreconditionFailed");
    EXPECT_THAT(report.error->message, HasSubstr("not what was sent"));
    EXPECT_EQ(store_->objects.at("file").content, 100U);
}

TEST_F(LostAnswers, AConditionThatDoesNotHoldAtOnceIsTheOutcome) {
    add_object();
    conditions_.if_none_match = "*";
    EXPECT_EQ(upload(1000).error->code, "PreconditionFailed");
    EXPECT_EQ(store_->requests["head"], 0U) << "nobody looks at what is another's";
}

TEST_F(LostAnswers, ACompletionThatGotThroughUnheardIsStored) {
    conditions_.if_none_match = "*";
    store_->lose_next = {"complete"};
    const auto report = upload(20 * mebibyte);
    EXPECT_EQ(report.end, FileEnd::stored) << report.error->message;
    EXPECT_FALSE(report.upload_left);
    EXPECT_EQ(store_->requests["complete"], 2U);
}

TEST_F(LostAnswers, ACompletionWhoseObjectWasReplacedMeanwhileFails) {
    store_->lose_next = {"complete"};
    store_->when_lost = [this] { add_object(); };
    const auto report = upload(20 * mebibyte);
    EXPECT_EQ(report.end, FileEnd::failed);
    EXPECT_EQ(report.error->code, "NoSuchUpload");
    EXPECT_THAT(report.error->message, HasSubstr("not what was sent"));
}

TEST_F(LostAnswers, CompletionDeclaresTheChecksumOfTheWhole) {
    const auto report = upload(20 * mebibyte + 5);
    ASSERT_EQ(report.end, FileEnd::stored);
    EXPECT_EQ(store_->declared_whole,
              checksum_of_content(objects::ChecksumAlgorithm::crc64nvme, 7, 0, 20 * mebibyte + 5));
}

TEST_F(LostAnswers, PartsLargerThanMemoryAreSentInPiecesAndProvedAllTheSame) {
    scheduler_.memory_bytes = 2 * mebibyte;
    scheduler_.plan.part_bytes = 50 * mebibyte;
    store_->garble_next = {"part"};
    const auto report = upload(130 * mebibyte + 5);
    EXPECT_EQ(report.end, FileEnd::stored) << report.error->message;
    EXPECT_EQ(store_->requests["part"], 4U);
    EXPECT_EQ(store_->declared_whole,
              checksum_of_content(objects::ChecksumAlgorithm::crc64nvme, 7, 0, 130 * mebibyte + 5));
    EXPECT_LE(chunks_most_ * limits::chunk_bytes, 3 * mebibyte);
}

TEST_F(LostAnswers, AnUploadThatNobodyKnowsIsAbortedAndSomebodyElsesIsNot) {
    store_->add_foreign_upload("file", 1h);
    store_->add_foreign_upload("file of another name", 0s);
    store_->lose_next = {"create", "create", "list", "abort"};
    const auto report = upload(20 * mebibyte);
    EXPECT_EQ(report.end, FileEnd::stored) << report.error->message;
    EXPECT_FALSE(report.upload_left);
    EXPECT_EQ(store_->requests["create"], 3U);
    ASSERT_EQ(store_->uploads.size(), 2U);
    EXPECT_TRUE(store_->uploads.begin()->second.foreign);
}

TEST_F(LostAnswers, AnUploadThatNobodyKnowsIsLookedForUntilTheStoreAnswers) {
    store_->lose_next = {"create"};
    store_->refuse_next = {"list", "list", "list", "list", "abort"};
    const auto report = upload(20 * mebibyte);
    EXPECT_EQ(report.end, FileEnd::stored) << report.error->message;
    EXPECT_FALSE(report.upload_left);
    EXPECT_TRUE(store_->uploads.empty());
}

TEST_F(LostAnswers, AFileThatFailsLooksForItToo) {
    store_->lose_next = {"create"};
    store_->refuse_next = {"list", "list"};
    file_.unreadable_from = 10 * mebibyte;
    const auto report = upload(20 * mebibyte);
    EXPECT_EQ(report.end, FileEnd::failed);
    EXPECT_FALSE(report.upload_left);
    EXPECT_TRUE(store_->uploads.empty());
}

TEST_F(LostAnswers, AnAbortThatGotThroughUnheardLeavesNothing) {
    Weather weather;
    weather.gone_is_error = true;
    put_into(weather);
    store_->lose_next = {"abort"};
    file_.unreadable_from = 10 * mebibyte;
    EXPECT_FALSE(upload(20 * mebibyte).upload_left);
    EXPECT_EQ(store_->requests["abort"], 2U);
}

TEST_F(LostAnswers, AStoreThatKnowsNoPartsKeepsNone) {
    Weather weather;
    weather.no_parts = true;
    put_into(weather);
    store_->lose_next = {"create"};
    const auto report = upload(20 * mebibyte);
    EXPECT_EQ(report.end, FileEnd::stored) << report.error->message;
    EXPECT_FALSE(report.upload_left);
}

TEST_F(LostAnswers, AListThatNeverComesDoesNotKeepAFileOut) {
    store_->lose_next = {"create"};
    for (int i = 0; i < 1000; ++i) {
        store_->refuse_next.insert("list");
    }
    const auto report = upload(20 * mebibyte);
    EXPECT_EQ(report.end, FileEnd::stored) << report.error->message;
    EXPECT_TRUE(report.upload_left);
    EXPECT_GE(took_, limits::engine_stray_time_max);
    EXPECT_LT(took_, limits::engine_stray_time_max + limits::retry_backoff_max);
}

TEST_F(LostAnswers, AnUploadThatCannotBeFoundIsReported) {
    Weather weather;
    weather.lists_denied = true;
    put_into(weather);
    store_->lose_next = {"create"};
    const auto report = upload(20 * mebibyte);
    EXPECT_EQ(report.end, FileEnd::stored) << report.error->message;
    EXPECT_TRUE(report.upload_left);
    EXPECT_EQ(store_->uploads.size(), 1U);
}

TEST_F(LostAnswers, ACreateThatWasRefusedLeavesNothingToLookFor) {
    store_->refuse_next = {"create"};
    EXPECT_EQ(upload(20 * mebibyte).end, FileEnd::stored);
    EXPECT_EQ(store_->requests["list"], 0U);
}

TEST_F(LostAnswers, AnswersThatSayOtherwiseAreAskedForAgain) {
    store_->garble_next = {"part", "part ETag", "complete"};
    EXPECT_EQ(upload(20 * mebibyte).end, FileEnd::stored);
    EXPECT_EQ(store_->requests["part"], 4U) << "one of three was garbled twice over";
}

TEST_F(LostAnswers, AStoreThatAlwaysSaysOtherwiseIsNotBelieved) {
    Weather weather;
    weather.garbled = 1;
    put_into(weather);
    const auto report = upload(1000);
    EXPECT_EQ(report.end, FileEnd::failed);
    EXPECT_EQ(report.error->code, "BadDigest");
    EXPECT_EQ(store_->requests["put"], 3U);
}

TEST_F(LostAnswers, AFileThatChangesIsNotReadAgain) {
    file_.changes_at = time_.now();
    const auto report = upload(1000);
    EXPECT_EQ(report.error->code, "SourceChanged");
    EXPECT_EQ(report.requests, 1U);
    EXPECT_TRUE(store_->objects.empty());
}

TEST_F(LostAnswers, AStepThatThrowsHasFailed) {
    const auto report = upload(std::make_unique<ThrowingSource>());
    EXPECT_EQ(report.end, FileEnd::failed);
    EXPECT_EQ(report.error->kind, ErrorKind::internal);
}

TEST_F(LostAnswers, CancelBreaksOffWhatIsBeingSent) {
    Weather weather;
    weather.connection_bytes_per_s = 1000;
    put_into(weather);
    cancel_after_ = 3s;
    for (const std::uint64_t size : {mebibyte, 100 * mebibyte}) {
        const auto report = upload(size);
        EXPECT_EQ(report.end, FileEnd::cancelled);
        EXPECT_EQ(report.error->kind, ErrorKind::cancelled);
        EXPECT_LT(took_, 3100ms);
        EXPECT_TRUE(store_->uploads.empty());
    }
}

TEST_F(LostAnswers, CancelWaitsForAbortsNoLongerThanItsTime) {
    Weather weather;
    weather.connection_bytes_per_s = 1e6;
    weather.storms = {Storm{Storm::Kind::refused, time_.now() + 2s, time_.now() + 1h, 1}};
    put_into(weather);
    cancel_after_ = 3s;
    const auto report = upload(100 * mebibyte);
    EXPECT_EQ(report.end, FileEnd::cancelled);
    EXPECT_TRUE(report.upload_left);
    EXPECT_EQ(store_->uploads.size(), 1U);
    EXPECT_GE(took_, 3s + limits::engine_cancel_time_max);
    EXPECT_LT(took_, 3s + limits::engine_cancel_time_max + 100ms);
}

}  // namespace
}  // namespace slipway::test
