// SPDX-License-Identifier: Apache-2.0
#include "catalog/catalog_writer.h"

#include "catalog/catalog_reader.h"
#include "support/temporary_directory.h"

#include <gtest/gtest.h>

#include <utility>

namespace slipway::catalog {
namespace {

/// Reserves one name, and may fail after that as a database does.
struct ReserveThen final : Change {
    ReserveThen(std::string name, bool breaks_after, bool durable_change = false)
        : file_name(std::move(name)), breaks(breaks_after), is_durable(durable_change) {}

    Result<> apply(CatalogWriter& writer) override {
        NewUpload upload;
        upload.user = "ada";
        upload.file_name = file_name;
        SLIPWAY_TRY(reserved, writer.reserve(upload));
        if (breaks) {
            return fail(ErrorKind::no_space, "the disk is full");
        }
        s3_key = reserved->s3_key;
        return {};
    }
    bool durable() const override { return is_durable; }

    std::string file_name;
    bool breaks;
    bool is_durable;
    std::string s3_key;
};

class CatalogWriterTest : public ::testing::Test {
  protected:
    using Changes = std::vector<std::unique_ptr<Change>>;

    bool is_there(std::string_view s3_key) {
        return reader_->pending("ada", s3_key).value().upload.has_value();
    }

    test::TemporaryDirectory directory_;
    const std::string path_ = directory_.path() + "/catalog.db";
    std::unique_ptr<CatalogWriter> writer_ = CatalogWriter::open(path_).value();
    std::unique_ptr<CatalogReader> reader_ = CatalogReader::open(path_).value();
};

TEST_F(CatalogWriterTest, AGroupIsCommittedTogether) {
    Changes changes;
    changes.push_back(std::make_unique<ReserveThen>("a", false));
    changes.push_back(std::make_unique<ReserveThen>("a", false, true));
    writer_->commit(changes);
    EXPECT_TRUE(changes[0]->outcome && changes[1]->outcome);
    EXPECT_TRUE(is_there("ada/a"));
    EXPECT_TRUE(is_there("ada/a (1)"));
}

TEST_F(CatalogWriterTest, AGroupThatFailsLeavesNothingAndSaysSoToAll) {
    Changes changes;
    changes.push_back(std::make_unique<ReserveThen>("a", false));
    changes.push_back(std::make_unique<ReserveThen>("b", true));
    changes.push_back(std::make_unique<ReserveThen>("c", false));
    writer_->commit(changes);
    for (const auto& change : changes) {
        ASSERT_FALSE(change->outcome);
        EXPECT_EQ(change->outcome.error().kind, ErrorKind::no_space);
    }
    EXPECT_FALSE(is_there("ada/a") || is_there("ada/b") || is_there("ada/c"));
}

TEST_F(CatalogWriterTest, AFailedGroupDoesNotSpoilTheNext) {
    Changes broken;
    broken.push_back(std::make_unique<ReserveThen>("a", true));
    writer_->commit(broken);
    Changes changes;
    changes.push_back(std::make_unique<ReserveThen>("a", false));
    writer_->commit(changes);
    EXPECT_TRUE(changes[0]->outcome);
    EXPECT_TRUE(is_there("ada/a"));
}

// Whether ids other than plain ones exist is remembered; a group that fails must not make that be
// forgotten, or one key would get two tickets after a restart.
TEST_F(CatalogWriterTest, DistinctIdsAreRememberedAlthoughTheFirstOneFailed) {
    Changes first;
    first.push_back(std::make_unique<ReserveThen>("a/b", false));
    writer_->commit(first);
    Changes broken;
    broken.push_back(std::make_unique<ReserveThen>("a-b", true));
    writer_->commit(broken);
    Changes second;
    second.push_back(std::make_unique<ReserveThen>("a-b", false));
    writer_->commit(second);
    ASSERT_TRUE(second[0]->outcome);

    // The key with the plain id goes: it is free now, but not for "a-b" a second time.
    const auto later = Time(std::chrono::hours(1));
    const auto claimed = writer_->claim_expired(later, later, later, 1).value();
    ASSERT_EQ(claimed.at(0).s3_key, "ada/a/b");
    ASSERT_TRUE(writer_->forget(claimed[0]));
    reader_.reset();
    writer_.reset();
    writer_ = CatalogWriter::open(path_).value();
    Changes again;
    again.push_back(std::make_unique<ReserveThen>("a-b", false));
    writer_->commit(again);
    ASSERT_TRUE(again[0]->outcome);
    EXPECT_EQ(dynamic_cast<ReserveThen&>(*again[0]).s3_key, "ada/a-b (1)");
}

}  // namespace
}  // namespace slipway::catalog
