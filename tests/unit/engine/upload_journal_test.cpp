// SPDX-License-Identifier: Apache-2.0
#include "engine/upload_journal.h"

#include "base/limits.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace slipway::test {
namespace {

using engine::UploadJournal;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SetClock final : public Clock {
  public:
    Time now() const override { return time; }
    Time time{std::chrono::hours(500'000)};
};

class UploadJournalTest : public ::testing::Test {
  protected:
    std::unique_ptr<UploadJournal> open(const std::string& bucket = "bucket") {
        auto journal = UploadJournal::open(folder(), "http://store", bucket, clock_);
        EXPECT_TRUE(journal) << journal.error().message;
        return std::move(journal).value_or(nullptr);
    }
    std::string folder() const { return directory_.path() + "/state/uploads"; }
    std::vector<std::filesystem::path> files() const {
        std::vector<std::filesystem::path> paths;
        for (const auto& entry : std::filesystem::directory_iterator(folder())) {
            paths.push_back(entry.path());
        }
        return paths;
    }
    static objects::MultipartUpload upload(const std::string& id, const std::string& key = "key") {
        return {"bucket", key, id};
    }
    static void begin(UploadJournal& journal, const objects::MultipartUpload& upload) {
        journal.asking(upload.key);
        journal.begun(upload, "shape", true);
    }

    TemporaryDirectory directory_;
    SetClock clock_;
    int owner_ = 0;
};

TEST_F(UploadJournalTest, ARunWithoutUploadsInPartsWritesNothing) {
    open();
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(UploadJournalTest, WhatIsOverLeavesNoFile) {
    {
        const auto journal = open();
        begin(*journal, upload("1"));
        EXPECT_THAT(files(), SizeIs(1));
        journal->over(upload("1"));
    }
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(UploadJournalTest, WhatIsOpenIsForTheNextRun) {
    begin(*open(), upload("1"));
    const auto journal = open();
    const auto* left = journal->adopt("key", "shape", this);
    ASSERT_NE(left, nullptr);
    EXPECT_EQ(left->upload_id, "1");
    EXPECT_EQ(left->asked_at, clock_.time);
    EXPECT_EQ(journal->adopt("key", "shape", this), left) << "who asks again gets the same";
    EXPECT_EQ(journal->adopt("key", "shape", &owner_), nullptr) << "and nobody else";
    journal->give_up("key");
    EXPECT_THAT(journal->given_up(), IsEmpty()) << "somebody goes on with it";
    journal->over(upload("1"));
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(UploadJournalTest, OneOfAnotherShapeKeyOrBucketIsNotTakenOver) {
    begin(*open(), upload("1"));
    EXPECT_EQ(open()->adopt("key", "other shape", this), nullptr);
    EXPECT_EQ(open()->adopt("other key", "shape", this), nullptr);
    EXPECT_EQ(open("other")->adopt("key", "shape", this), nullptr);
    EXPECT_NE(open()->adopt("key", "shape", this), nullptr);
}

TEST_F(UploadJournalTest, ARunThatLivesKeepsItsOwn) {
    const auto alive = open();
    begin(*alive, upload("1"));
    EXPECT_EQ(open()->adopt("key", "shape", this), nullptr);
}

TEST_F(UploadJournalTest, WhatNobodyGoesOnWithIsGivenUpWithItsKey) {
    begin(*open(), upload("1"));
    const auto journal = open();
    EXPECT_THAT(journal->given_up(), IsEmpty());
    journal->give_up("key");
    ASSERT_THAT(journal->given_up(), SizeIs(1));
    EXPECT_EQ(journal->given_up()[0].upload_id, "1");
    journal->aborted(journal->given_up()[0]);
    EXPECT_THAT(journal->given_up(), IsEmpty());
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(UploadJournalTest, WhatIsOldIsGivenUp) {
    begin(*open(), upload("1"));
    clock_.time += limits::journal_age_max + std::chrono::seconds(1);
    const auto journal = open();
    EXPECT_THAT(journal->given_up(), SizeIs(1));
    EXPECT_NE(journal->adopt("key", "shape", this), nullptr);
    EXPECT_THAT(journal->given_up(), IsEmpty()) << "but not what somebody goes on with";
}

TEST_F(UploadJournalTest, AnAnswerThatWasNeverHeardIsRemembered) {
    open()->asking("key");
    const auto journal = open();
    EXPECT_EQ(journal->adopt("key", "shape", this), nullptr) << "it has no name";
    journal->give_up("key");
    ASSERT_THAT(journal->given_up(), SizeIs(1));
    EXPECT_EQ(journal->given_up()[0].upload_id, "");
    journal->aborted(journal->given_up()[0]);
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(UploadJournalTest, AnAnswerToARepeatedRequestLeavesTheFirstOneOpen) {
    {
        const auto journal = open();
        journal->asking("key");
        journal->begun(upload("2"), "shape", false);
        journal->over(upload("2"));
    }
    {
        const auto journal = open();
        journal->give_up("key");
        EXPECT_THAT(journal->given_up(), SizeIs(1));
    }
    {
        const auto journal = open();
        journal->asking("other");
        journal->settled("other");
    }
    EXPECT_THAT(files(), SizeIs(1)) << "a refusal leaves nothing";
}

TEST_F(UploadJournalTest, HalfALineIsNoRecordAndHarmsNone) {
    {
        const auto journal = open();
        begin(*journal, upload("1"));
        begin(*journal, upload("2", "other"));
    }
    std::ofstream(files()[0], std::ios::app) << R"({"over":"1)";
    {
        const auto journal = open();
        ASSERT_NE(journal->adopt("key", "shape", this), nullptr);
        journal->over(upload("1"));
    }
    const auto journal = open();
    EXPECT_EQ(journal->adopt("key", "shape", this), nullptr);
    EXPECT_NE(journal->adopt("other", "shape", this), nullptr);
}

TEST_F(UploadJournalTest, WhatIsNoJournalIsLeftAlone) {
    open();
    const std::filesystem::path stray = folder() + "/stray.uploads";
    std::ofstream(stray) << "not a journal\n";
    open();
    EXPECT_TRUE(std::filesystem::exists(stray));
}

TEST_F(UploadJournalTest, AJournalStaysSmallHoweverLongTheRun) {
    const auto journal = open();
    for (int i = 0; i < 100; ++i) {
        begin(*journal, upload(std::to_string(i)));
        journal->over(upload(std::to_string(i)));
    }
    EXPECT_LT(std::filesystem::file_size(files()[0]), 500U);
}

TEST_F(UploadJournalTest, ADiskThatTakesNoRecordStopsNoUpload) {
    const auto journal = open();
    std::filesystem::remove_all(folder());
    begin(*journal, upload("1"));
    EXPECT_TRUE(journal->broken());
    journal->over(upload("1"));
}

TEST_F(UploadJournalTest, AFolderThatCannotBeIsAnErrorThatNamesIt) {
    std::ofstream(directory_.path() + "/state") << "a file";
    const auto journal = UploadJournal::open(folder(), "http://store", "bucket", clock_);
    ASSERT_FALSE(journal);
    EXPECT_THAT(journal.error().message, ::testing::HasSubstr(folder()));
}

TEST(UploadShape, TellsWhatAnUploadIsBoundTo) {
    objects::CreateMultipartRequest request;
    request.attributes.content_type = "text/plain";
    const std::string shape = engine::upload_shape(request);
    request.key = "another";
    EXPECT_EQ(engine::upload_shape(request), shape) << "not to its key, which the journal has";
    auto tiered = request;
    tiered.attributes.storage_class = "GLACIER";
    EXPECT_NE(engine::upload_shape(tiered), shape);
    auto tagged = request;
    tagged.attributes.tagging = "a=b";
    EXPECT_NE(engine::upload_shape(tagged), shape);
    auto summed = request;
    summed.checksum_algorithm = objects::ChecksumAlgorithm::crc32c;
    EXPECT_NE(engine::upload_shape(summed), shape);
    auto described = request;
    described.attributes.user_metadata = {{"ab", "c"}};
    auto described_otherwise = request;
    described_otherwise.attributes.user_metadata = {{"a", "bc"}};
    EXPECT_NE(engine::upload_shape(described), engine::upload_shape(described_otherwise));
}

}  // namespace
}  // namespace slipway::test
