// SPDX-License-Identifier: Apache-2.0
#include "catalog/schema.h"

#include "catalog/sqlite_catalog.h"
#include "support/run_task.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::catalog {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SchemaTest : public ::testing::Test {
  protected:
    test::TemporaryDirectory directory_;
    const std::string path_ = directory_.path() + "/catalog.db";
};

TEST_F(SchemaTest, MakesItsTablesOnce) {
    { ASSERT_TRUE(open_for_writing(path_)); }
    auto again = open_for_writing(path_);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->query_integer("SELECT count(*) FROM uploads").value(), 0);
    EXPECT_EQ(again->query_integer("PRAGMA user_version").value(), 1);
}

TEST_F(SchemaTest, RefusesANewerFormatAndLeavesItAlone) {
    {
        auto database = open_for_writing(path_);
        ASSERT_TRUE(database->execute("PRAGMA user_version=7"));
    }
    const auto refused = SqliteCatalog::open(path_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::unsupported);
    EXPECT_THAT(refused.error().message, AllOf(HasSubstr("newer"), HasSubstr("7")));
    auto still = open_for_reading(path_);
    EXPECT_EQ(still->query_integer("PRAGMA user_version").value(), 7);
}

TEST_F(SchemaTest, RefusesWhatIsNoDatabase) {
    directory_.write("catalog.db", std::string(8192, 'x'));
    const auto refused = SqliteCatalog::open(path_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::corrupted);
    EXPECT_THAT(refused.error().message, HasSubstr("catalog.db"));
}

TEST_F(SchemaTest, ReadersDoNotMakeOrChangeAnything) {
    EXPECT_FALSE(open_for_reading(path_));
    EXPECT_FALSE(std::filesystem::exists(path_));
    const auto writer = open_for_writing(path_);
    auto reader = open_for_reading(path_);
    ASSERT_TRUE(reader);
    EXPECT_FALSE(reader->execute("DELETE FROM files"));
}

TEST_F(SchemaTest, ADirectoryThatIsNotThereIsSaid) {
    const auto refused = SqliteCatalog::open(directory_.path() + "/missing/catalog.db");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::io);
    EXPECT_THAT(refused.error().message, HasSubstr("catalog.db"));
}

}  // namespace
}  // namespace slipway::catalog
