// SPDX-License-Identifier: Apache-2.0
// Stores that older versions of Slipway wrote.
#include "store/schema.h"

#include "unit/store/store_fixture.h"

#include <sqlite3.h>

#include <fstream>

namespace slipway::test {
namespace {

constexpr const char* format_1 = R"(
    PRAGMA journal_mode = WAL;
    CREATE TABLE buckets (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
        created INTEGER NOT NULL);
    CREATE TABLE objects (bucket INTEGER NOT NULL, key BLOB NOT NULL, size INTEGER NOT NULL,
        modified INTEGER NOT NULL, etag TEXT NOT NULL, storage_class TEXT,
        checksum_algorithm INTEGER, checksum TEXT, file TEXT, blob INTEGER, attributes BLOB,
        PRIMARY KEY (bucket, key)) WITHOUT ROWID;
    CREATE UNIQUE INDEX objects_by_file ON objects (file) WHERE file IS NOT NULL;
    CREATE TABLE blobs (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
    CREATE TABLE settled (id INTEGER PRIMARY KEY CHECK (id = 1), times INTEGER NOT NULL);
    INSERT INTO settled VALUES (1, 0);
    INSERT INTO buckets (name, created) VALUES ('photos', 1000000);
    INSERT INTO blobs (id, data) VALUES (1, 'hello');
    INSERT INTO objects VALUES (1, X'61', 5, 2000000, '5d41402abc4b2a76b9719d911017c592',
        NULL, 1, 'mnG7TA==', NULL, 1, CAST('t' || X'03000000' || 'a/b' AS BLOB));
    INSERT INTO objects VALUES (1, X'62', 20000, 3000000, '0123456789abcdef0123456789abcdef',
        'STANDARD_IA', NULL, NULL, '7f000000000000000000000000000001', NULL, NULL);
    PRAGMA user_version = 1;
)";

class SchemaTest : public LocalStoreTest {
  protected:
    void SetUp() override {
        std::filesystem::create_directories(path() / "objects" / "7f");
        std::ofstream(path() / "objects" / "7f" / "000000000000000000000000000001")
            << std::string(20'000, 'x');
        execute(format_1);
    }

    void execute(const char* sql) {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open((path() / "index.db").c_str(), &database), SQLITE_OK);
        char* message = nullptr;
        EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, &message), SQLITE_OK) << message;
        sqlite3_close(database);
    }

    sqlite::Database database_on_disk() {
        sqlite::DatabaseOptions options;
        options.path = path() / "index.db";
        options.read_only = true;
        return sqlite::Database::open(options).value();
    }
    std::int64_t format_on_disk() {
        return database_on_disk().query_integer("PRAGMA user_version").value();
    }
};

TEST_F(SchemaTest, a_store_of_format_1_is_brought_up_to_date_with_all_that_is_in_it) {
    const Result<> opened = open(&disk_faults_);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(format_on_disk(), 2);
    EXPECT_EQ(get("a"), "hello");
    EXPECT_EQ(get("b"), std::string(20'000, 'x'));
    const auto a = run(store_->head(wanted("a"))).value();
    EXPECT_EQ(a.attributes.content_type, "a/b");
    EXPECT_EQ(a.checksum->value, "mnG7TA==");
    EXPECT_EQ(a.parts_count, 0U);
    EXPECT_EQ(run(store_->head(wanted("b")))->attributes.storage_class, "STANDARD_IA");
    EXPECT_TRUE(store_->bucket_settings(bucket).value()->empty());

    ASSERT_TRUE(make("a", {std::string(100'000, 'y')}));
    ASSERT_TRUE(store_->clean());
    EXPECT_EQ(files_on_disk(), 2U);
    store_.reset();
    ASSERT_TRUE(open(nullptr));
    EXPECT_EQ(get("a"), std::string(100'000, 'y'));
    EXPECT_EQ(get("b"), std::string(20'000, 'x'));
}

TEST_F(SchemaTest, who_does_not_serve_a_store_of_format_1_is_told_to) {
    auto before = database_on_disk();
    const Result<> checked = store::check_format(before);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().kind, ErrorKind::unsupported);
    EXPECT_THAT(checked.error().message, ::testing::HasSubstr("start it once"));
    ASSERT_TRUE(open(nullptr));
    auto after = database_on_disk();
    EXPECT_TRUE(store::check_format(after));
}

TEST_F(SchemaTest, power_may_go_while_a_store_is_brought_up_to_date) {
    bool tripped = true;
    for (int call = 1; tripped; ++call) {
        ASSERT_LT(call, 200);
        SCOPED_TRACE(call);
        disk_faults_.heal();
        std::filesystem::remove_all(path());
        SetUp();
        disk_faults_.cut_power_at(call);
        static_cast<void>(open(&disk_faults_));
        tripped = disk_faults_.tripped();
        store_.reset();
        disk_faults_.lose_power();
        disk_faults_.heal();
        const Result<> opened = open(nullptr);
        ASSERT_TRUE(opened) << opened.error().message;
        EXPECT_EQ(get("a"), "hello");
        EXPECT_EQ(get("b"), std::string(20'000, 'x'));
        store_.reset();
        EXPECT_EQ(format_on_disk(), 2);
    }
}

}  // namespace
}  // namespace slipway::test
