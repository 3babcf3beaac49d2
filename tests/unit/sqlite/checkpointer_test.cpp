// SPDX-License-Identifier: Apache-2.0
#include "sqlite/checkpointer.h"

#include "support/temporary_directory.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

namespace slipway::sqlite {
namespace {

class CheckpointerTest : public ::testing::Test {
  protected:
    CheckpointerTest() {
        EXPECT_TRUE(
            writer_.execute("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;"
                            "CREATE TABLE t (x BLOB)"));
    }

    /// Each commit adds some 25 pages to the log.
    void commit() { ASSERT_TRUE(writer_.execute("INSERT INTO t VALUES (randomblob(100000))")); }

    std::uintmax_t database_bytes() const { return std::filesystem::file_size(options_.path); }
    std::uintmax_t log_bytes() const { return std::filesystem::file_size(options_.path + "-wal"); }

    test::TemporaryDirectory directory_;
    const DatabaseOptions options_ = [this] {
        DatabaseOptions options;
        options.path = directory_.path() + "/test.db";
        return options;
    }();
    Database writer_ = Database::open(options_).value();
};

TEST_F(CheckpointerTest, LeavesASmallLogAlone) {
    Checkpointer checkpointer(writer_, options_, {1'000, 2'000});
    const auto before = database_bytes();
    for (int i = 0; i < 4; ++i) {
        commit();
        checkpointer.after_commit();
    }
    EXPECT_EQ(database_bytes(), before);
    EXPECT_GT(log_bytes(), 400'000U);
}

TEST_F(CheckpointerTest, MovesALargeLogBesideTheCommits) {
    Checkpointer checkpointer(writer_, options_, {50, 1'000'000});
    for (int i = 0; i < 4; ++i) {
        commit();
        checkpointer.after_commit();
    }
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (database_bytes() < 300'000 && std::chrono::steady_clock::now() < give_up) {
        std::this_thread::yield();
    }
    EXPECT_GE(database_bytes(), 300'000U);
    EXPECT_EQ(writer_.query_integer("SELECT count(*) FROM t").value(), 4);
}

TEST_F(CheckpointerTest, CommitsThatNeverPauseDoNotGrowTheLogForEver) {
    Checkpointer checkpointer(writer_, options_, {1'000'000, 100});
    for (int i = 0; i < 40; ++i) {
        commit();
        checkpointer.after_commit();
        if (checkpointer.behind()) {
            checkpointer.catch_up();
        }
    }
    // 40 commits are 1,000 pages; the log starts anew each time it has 100.
    EXPECT_LT(log_bytes(), 200U * 4'200U);
    EXPECT_EQ(writer_.query_integer("SELECT count(*) FROM t").value(), 40);
}

TEST_F(CheckpointerTest, EndsWhetherItWasAskedOrNot) {
    { Checkpointer checkpointer(writer_, options_, {1, 1'000}); }
    Checkpointer checkpointer(writer_, options_, {1, 1'000});
    commit();
    checkpointer.after_commit();
}

}  // namespace
}  // namespace slipway::sqlite
