// SPDX-License-Identifier: Apache-2.0
// The double of a disk keeps what was synced, and over many seeds loses everything else, wholly and
// in part.
#include "support/crash/lossy_disk.h"

#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

namespace slipway::test {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Not;

constexpr std::uint64_t seeds = 300;
const std::string absent = "absent";
const std::string old_bytes(2000, 'o');
const std::string new_bytes(2000, 'n');

/// What a file may be after the power is cut, over many seeds.
std::set<std::string> outcomes(const std::string& name,
                               const std::function<void(LossyDisk&, const std::string&)>& work) {
    std::set<std::string> all;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const TemporaryDirectory directory(memory_parent());
        LossyDisk disk(directory.path(), seed);
        work(disk, directory.path() + "/");
        disk.lose_power();
        all.insert(std::filesystem::exists(directory.path() + "/" + name) ? directory.read(name)
                                                                          : absent);
    }
    return all;
}

void write_file(LossyDisk& disk, const std::string& path, bool sync) {
    const auto fd = disk.create(path);
    ASSERT_TRUE(fd);
    ASSERT_TRUE(disk.write(*fd, std::as_bytes(std::span(old_bytes)), 0));
    if (sync) {
        ASSERT_TRUE(disk.sync_data(*fd));
    }
    disk.close(*fd);
}

TEST(LossyDisk, keeps_what_was_synced) {
    const auto all = outcomes("file", [](LossyDisk& disk, const std::string& in) {
        write_file(disk, in + "file", true);
        ASSERT_TRUE(disk.sync_directory(in));
    });
    EXPECT_THAT(all, ::testing::ElementsAre(old_bytes));
}

TEST(LossyDisk, loses_bytes_without_a_sync_of_the_file) {
    const auto all = outcomes("file", [](LossyDisk& disk, const std::string& in) {
        write_file(disk, in + "file", false);
        ASSERT_TRUE(disk.sync_directory(in));
    });
    EXPECT_THAT(all, Contains(old_bytes));
    EXPECT_THAT(all, Contains(""));
    EXPECT_THAT(all, Not(Contains(absent)));
    EXPECT_GT(all.size(), 10U);  // parts, holes
}

TEST(LossyDisk, loses_a_name_without_a_sync_of_its_directory) {
    const auto all = outcomes("file", [](LossyDisk& disk, const std::string& in) {
        write_file(disk, in + "file", true);
    });
    EXPECT_THAT(all, ::testing::UnorderedElementsAre(absent, old_bytes));
}

TEST(LossyDisk, loses_what_is_below_a_name_that_is_lost) {
    const auto all = outcomes("folder/file", [](LossyDisk& disk, const std::string& in) {
        ASSERT_TRUE(disk.make_directory(in + "folder"));
        write_file(disk, in + "folder/file", true);
        ASSERT_TRUE(disk.sync_directory(in + "folder"));
    });
    EXPECT_THAT(all, ::testing::UnorderedElementsAre(absent, old_bytes));
}

TEST(LossyDisk, brings_back_a_removed_name) {
    const auto all = outcomes("file", [](LossyDisk& disk, const std::string& in) {
        write_file(disk, in + "file", true);
        ASSERT_TRUE(disk.sync_directory(in));
        ASSERT_TRUE(disk.remove(in + "file"));
    });
    EXPECT_THAT(all, ::testing::UnorderedElementsAre(absent, old_bytes));
}

TEST(LossyDisk, keeps_two_names_of_one_file) {
    const auto all = outcomes("second", [](LossyDisk& disk, const std::string& in) {
        write_file(disk, in + "first", true);
        ASSERT_TRUE(disk.link(in + "first", in + "second"));
        ASSERT_TRUE(disk.remove(in + "first"));
        ASSERT_TRUE(disk.sync_directory(in));
    });
    EXPECT_THAT(all, ::testing::ElementsAre(old_bytes));
}

TEST(LossyDisk, mixes_old_and_new_sectors_of_an_overwrite) {
    const auto all = outcomes("file", [](LossyDisk& disk, const std::string& in) {
        const auto fd = disk.create(in + "file");
        ASSERT_TRUE(disk.write(*fd, std::as_bytes(std::span(old_bytes)), 0));
        ASSERT_TRUE(disk.sync_data(*fd));
        ASSERT_TRUE(disk.sync_directory(in));
        ASSERT_TRUE(disk.write(*fd, std::as_bytes(std::span(new_bytes)), 0));
        disk.close(*fd);
    });
    EXPECT_THAT(all, Contains(old_bytes));
    EXPECT_THAT(all, Contains(new_bytes));
    EXPECT_GT(all.size(), 5U);
    for (const std::string& bytes : all) {
        ASSERT_EQ(bytes.size(), old_bytes.size());
        for (std::size_t at = 0; at < bytes.size(); ++at) {  // sectors are whole
            EXPECT_EQ(bytes[at], bytes[at / LossyFile::sector_bytes * LossyFile::sector_bytes]);
        }
    }
}

TEST(LossyDisk, a_failed_sync_drops_what_it_could_not_write) {
    const auto all = outcomes("file", [](LossyDisk& disk, const std::string& in) {
        const auto fd = disk.create(in + "file");
        ASSERT_TRUE(disk.write(*fd, std::as_bytes(std::span(old_bytes)), 0));
        ASSERT_TRUE(disk.sync_directory(in));
        disk.fail_at(1, EIO);
        EXPECT_FALSE(disk.sync_data(*fd));
        EXPECT_TRUE(disk.sync_data(*fd));
        disk.close(*fd);
    });
    EXPECT_THAT(all, Contains(Not(old_bytes)));
    for (const std::string& bytes : all) {
        EXPECT_EQ(bytes.size(), old_bytes.size());
    }
}

TEST(LossyDisk, the_last_call_may_be_carried_out) {
    const auto all = outcomes("file", [](LossyDisk& disk, const std::string& in) {
        disk.cut_power_at(1);
        EXPECT_FALSE(disk.create(in + "file"));
        EXPECT_TRUE(disk.dead());
        EXPECT_FALSE(disk.sync_directory(in));
        EXPECT_FALSE(disk.create(in + "another"));
    });
    EXPECT_THAT(all, ::testing::UnorderedElementsAre(absent, ""));
}

/// What a database holds that was written to with this much care.
std::set<std::string> rows(const char* synchronous) {
    std::set<std::string> all;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const TemporaryDirectory directory(memory_parent());
        const std::string path = directory.path() + "/index.db";
        {
            LossyDisk disk(directory.path(), seed);
            sqlite3* database = nullptr;
            const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
            EXPECT_EQ(sqlite3_open_v2(path.c_str(), &database, flags, disk.sqlite_vfs()), 0);
            const std::string sql = std::string(
                                        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                        "CREATE TABLE t (x); INSERT INTO t VALUES ('first');"
                                        "PRAGMA synchronous=") +
                                    synchronous + "; UPDATE t SET x = 'second';";
            EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
            static_cast<void>(disk.sync_directory(directory.path()));
            disk.cut_power_at(1);
            sqlite3_close(database);  // moves nothing any more
            disk.lose_power();
        }
        sqlite3* database = nullptr;
        EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
        const auto remember = [](void* to, int, char** values, char**) {
            static_cast<std::set<std::string>*>(to)->insert(values[0]);
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(database, "SELECT x FROM t", remember, &all, nullptr), SQLITE_OK);
        sqlite3_close(database);
    }
    return all;
}

TEST(LossyDisk, keeps_a_commit_that_sqlite_has_synced_and_may_lose_another) {
    EXPECT_THAT(rows("FULL"), ::testing::ElementsAre("second"));
    EXPECT_THAT(rows("NORMAL"), ::testing::UnorderedElementsAre("first", "second"));
}

}  // namespace
}  // namespace slipway::test
