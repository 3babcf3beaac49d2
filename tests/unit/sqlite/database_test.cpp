// SPDX-License-Identifier: Apache-2.0
#include "sqlite/database.h"

#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace slipway::sqlite {
namespace {

using ::testing::HasSubstr;

class DatabaseTest : public ::testing::Test {
  protected:
    static Result<Database> open(const std::string& path, bool read_only = false) {
        DatabaseOptions options;
        options.path = path;
        options.read_only = read_only;
        return Database::open(options);
    }

    test::TemporaryDirectory directory_;
    const std::string path_ = directory_.path() + "/test.db";
    Database database_ = open(path_).value();
};

TEST_F(DatabaseTest, ValuesComeBackAsTheyWent) {
    ASSERT_TRUE(database_.execute("CREATE TABLE t (i INTEGER, t TEXT, b BLOB, n TEXT)"));
    auto insert = database_.prepare("INSERT INTO t VALUES (?1, ?2, ?3, ?4)").value();
    const std::string bytes("\0\xFF\x80 x", 5);
    const std::string text("f\xC3\xBC\0r", 5);
    insert.bind(1, std::numeric_limits<std::int64_t>::min());
    insert.bind_text(2, text);
    insert.bind_blob(3, bytes);
    insert.bind_null(4);
    ASSERT_TRUE(insert.run());
    EXPECT_EQ(database_.last_insert_rowid(), 1);
    EXPECT_EQ(database_.changes(), 1);
    auto select = database_.prepare("SELECT i, t, b, n FROM t").value();
    ASSERT_TRUE(select.step().value());
    EXPECT_EQ(select.integer(0), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(select.bytes(1), text);
    EXPECT_EQ(select.bytes(2), bytes);
    EXPECT_TRUE(select.is_null(3));
    EXPECT_EQ(select.bytes(3), "");
    EXPECT_FALSE(select.step().value());
}

TEST_F(DatabaseTest, NothingIsNotNull) {
    ASSERT_TRUE(database_.execute("CREATE TABLE t (t TEXT NOT NULL, b BLOB NOT NULL)"));
    auto insert = database_.prepare("INSERT INTO t VALUES (?1, ?2)").value();
    insert.bind_text(1, std::string_view());
    insert.bind_blob(2, std::string_view());
    const auto done = insert.run();
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(database_.query_integer("SELECT count(*) FROM t WHERE t = ''").value(), 1);
}

TEST_F(DatabaseTest, AStatementRunsAnewAfterReset) {
    ASSERT_TRUE(database_.execute("CREATE TABLE t (i); INSERT INTO t VALUES (1), (2)"));
    auto select = database_.prepare("SELECT i FROM t ORDER BY i").value();
    for (int round = 0; round < 2; ++round) {
        const ResetAtEnd reset_at_end(select);
        ASSERT_TRUE(select.step().value());
        EXPECT_EQ(select.integer(0), 1);
    }
    // A half-read statement that was reset holds nothing open.
    EXPECT_TRUE(database_.execute("DROP TABLE t"));
}

TEST_F(DatabaseTest, AStatementCanRunAgainAfterItFailed) {
    ASSERT_TRUE(database_.execute("CREATE TABLE t (i INTEGER UNIQUE)"));
    auto insert = database_.prepare("INSERT INTO t VALUES (?1)").value();
    insert.bind(1, 1);
    ASSERT_TRUE(insert.run());
    const auto twice = insert.run();
    ASSERT_FALSE(twice);
    EXPECT_THAT(twice.error().message, HasSubstr("test.db: UNIQUE constraint failed"));
    insert.bind(1, 2);
    EXPECT_TRUE(insert.run());
}

TEST_F(DatabaseTest, TransactionsAreSeen) {
    EXPECT_FALSE(database_.in_transaction());
    ASSERT_TRUE(database_.execute("BEGIN; CREATE TABLE t (i)"));
    EXPECT_TRUE(database_.in_transaction());
    ASSERT_TRUE(database_.execute("ROLLBACK"));
    EXPECT_FALSE(database_.in_transaction());
    EXPECT_FALSE(database_.prepare("SELECT * FROM t"));
}

TEST_F(DatabaseTest, MistakesInSqlAreFaultsOfOurs) {
    const auto wrong = database_.execute("SELEKT");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().kind, ErrorKind::internal);
    EXPECT_THAT(wrong.error().message, HasSubstr("SELEKT"));
    EXPECT_FALSE(database_.query_integer("SELECT nothing"));
}

TEST_F(DatabaseTest, AReadingConnectionNeedsTheFileAndChangesNothing) {
    const auto missing = open(directory_.path() + "/missing.db", true);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorKind::io);
    EXPECT_THAT(missing.error().message, HasSubstr("missing.db"));
    ASSERT_TRUE(database_.execute("CREATE TABLE t (i)"));
    auto reader = open(path_, true);
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->query_integer("SELECT count(*) FROM t").value(), 0);
    const auto refused = reader->execute("INSERT INTO t VALUES (1)");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::io);
}

TEST_F(DatabaseTest, AFileThatIsNoDatabaseIsCorrupted) {
    auto other = open(directory_.write("other.db", std::string(4096, 'x')));
    const auto found =
        other ? other->execute("CREATE TABLE t (i)") : tl::unexpected(std::move(other).error());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::corrupted);
    EXPECT_THAT(found.error().message, HasSubstr("other.db"));
}

TEST_F(DatabaseTest, ACheckpointMovesTheLogAsFarAsReadersAllow) {
    ASSERT_TRUE(database_.execute("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0"));
    ASSERT_TRUE(database_.execute("CREATE TABLE t (i)"));
    auto reader = open(path_, true).value();
    auto held = reader.prepare("SELECT count(*) FROM t").value();
    ASSERT_TRUE(held.step().value());
    ASSERT_TRUE(database_.execute("INSERT INTO t VALUES (1)"));
    EXPECT_GT(database_.checkpoint().value(), 0);
    held.reset();
    EXPECT_EQ(database_.checkpoint().value(), 0);
}

TEST_F(DatabaseTest, TellsAfterEachCommitHowLongTheLogIs) {
    ASSERT_TRUE(database_.execute("PRAGMA journal_mode=WAL; CREATE TABLE t (i)"));
    int pages = 0;
    const auto hook = [](void* context, sqlite3*, const char*, int count) {
        *static_cast<int*>(context) = count;
        return 0;
    };
    database_.on_commit(hook, &pages);
    ASSERT_TRUE(database_.execute("INSERT INTO t VALUES (1)"));
    const int first = pages;
    EXPECT_GT(first, 0);
    ASSERT_TRUE(database_.execute("INSERT INTO t VALUES (2)"));
    EXPECT_GT(pages, first);
}

}  // namespace
}  // namespace slipway::sqlite
