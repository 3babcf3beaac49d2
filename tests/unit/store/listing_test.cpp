// SPDX-License-Identifier: Apache-2.0
#include "store/listing.h"

#include "store/index_writer.h"
#include "support/temporary_directory.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace slipway::store {
namespace {

using ::testing::ElementsAre;

/// An index with `folders` folders of `files` objects each, and one object beside them.
class ListingTest : public ::testing::Test {
  protected:
    void fill(int folders, int files) {
        sqlite::DatabaseOptions options;
        options.path = directory_.path() + "/index.db";
        writer_ = IndexWriter::open(options).value();
        std::vector<std::unique_ptr<IndexChange>> changes;
        changes.push_back(std::make_unique<IndexChange>());
        changes.back()->what = CreateBucket{"photos", {}};
        const auto add = [&](std::string key) {
            PutObject put;
            put.bucket = "photos";
            put.info.key = std::move(key);
            changes.push_back(std::make_unique<IndexChange>());
            changes.back()->what = std::move(put);
        };
        for (int folder = 0; folder < folders; ++folder) {
            for (int file = 0; file < files; ++file) {
                add(fmt::format("{:03}/{:05}", folder, file));
            }
        }
        add("beside");
        writer_->commit(changes);
        for (const auto& change : changes) {
            ASSERT_TRUE(change->outcome);
        }
        reader_ = IndexReader::open(options).value();
    }

    Listing list(const objects::ListRequest& request) {
        return list_objects(*reader_, 1, request).value();
    }

    test::TemporaryDirectory directory_;
    std::unique_ptr<IndexWriter> writer_;
    std::unique_ptr<IndexReader> reader_;
};

TEST_F(ListingTest, a_delimiter_skips_folders_instead_of_walking_them) {
    fill(10, 500);
    objects::ListRequest request;
    request.delimiter = "/";
    const Listing listing = list(request);
    EXPECT_EQ(listing.page.common_prefixes.size(), 10U);
    EXPECT_EQ(listing.page.objects.size(), 1U);
    EXPECT_LE(listing.visited, 11U);
}

TEST_F(ListingTest, a_page_visits_what_it_returns_and_one_more) {
    fill(10, 500);
    objects::ListRequest request;
    request.keys_max = 7;
    request.start_after = "005/00100";
    const Listing listing = list(request);
    EXPECT_EQ(listing.page.objects.size(), 7U);
    EXPECT_EQ(listing.page.objects[0].key, "005/00101");
    EXPECT_LE(listing.visited, 8U);
}

TEST_F(ListingTest, the_next_page_starts_behind_the_folder_that_ended_the_last) {
    fill(10, 500);
    objects::ListRequest request;
    request.delimiter = "/";
    request.keys_max = 3;
    const Listing first = list(request);
    EXPECT_THAT(first.page.common_prefixes, ElementsAre("000/", "001/", "002/"));
    request.start_after = first.page.next_start_after;
    const Listing second = list(request);
    EXPECT_THAT(second.page.common_prefixes, ElementsAre("003/", "004/", "005/"));
    EXPECT_LE(second.visited, 4U);
}

TEST_F(ListingTest, a_prefix_bounds_what_is_visited) {
    fill(10, 500);
    objects::ListRequest request;
    request.prefix = "009/0049";
    const Listing listing = list(request);
    EXPECT_EQ(listing.page.objects.size(), 10U);
    EXPECT_LE(listing.visited, 10U);
}

}  // namespace
}  // namespace slipway::store
