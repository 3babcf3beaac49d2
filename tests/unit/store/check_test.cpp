// SPDX-License-Identifier: Apache-2.0
// Every kind of damage to a store is found, told with what, where and what to do, and nothing but
// what nobody refers to is ever removed.
#include "store/check.h"

#include "s3/limits.h"
#include "unit/store/store_fixture.h"

#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <utility>
#include <vector>

namespace slipway::test {
namespace {

using store::CheckFinding;
using What = CheckFinding::What;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string small(3'000, 's');
const std::string large(300'000, 'L');

class CheckTest : public LocalStoreTest {
  protected:
    void SetUp() override {
        LocalStoreTest::SetUp();
        ASSERT_TRUE(put("empty", ""));
        ASSERT_TRUE(put("small", small));
        ASSERT_TRUE(put("large", large));
        ASSERT_TRUE(put("other", large + "!"));
        ASSERT_TRUE(store_->clean());
        store_.reset();
    }

    store::CheckReport check(bool repair = false) {
        found_.clear();
        store::CheckOptions options;
        options.directory = path();
        options.repair = repair;
        options.found = [this](const CheckFinding& finding) { found_.push_back(finding); };
        const auto report = store::check_store(options);
        EXPECT_TRUE(report) << report.error().message;
        return report.value_or(store::CheckReport());
    }

    std::vector<What> kinds() const {
        std::vector<What> all;
        std::ranges::transform(found_, std::back_inserter(all), &CheckFinding::what);
        return all;
    }

    /// Path of an object's file.
    std::filesystem::path file_of(const std::string& key) {
        return file("SELECT file FROM objects WHERE key = CAST('" + key + "' AS BLOB)");
    }
    std::filesystem::path file_of_part(unsigned number) {
        return file("SELECT file FROM parts WHERE number = " + std::to_string(number));
    }
    std::filesystem::path file(const std::string& sql) {
        std::string id;
        sqlite3* index = nullptr;
        EXPECT_EQ(sqlite3_open((path() / "index.db").c_str(), &index), SQLITE_OK);
        const auto take = [](void* to, int, char** values, char**) {
            *static_cast<std::string*>(to) = values[0];
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(index, sql.c_str(), take, &id, nullptr), SQLITE_OK);
        sqlite3_close(index);
        return path() / "objects" / id.substr(0, 2) / id.substr(2);
    }

    /// An object of three parts, and an upload with a part 7 that goes on.
    void add_uploads() {
        ASSERT_TRUE(open(nullptr));
        const std::string part(s3::part_bytes_min, 'p');
        ASSERT_TRUE(make("parts", {part, part + "!", small}));
        ASSERT_TRUE(put_part(begin("unfinished"), 7, large));
        const auto aborted = begin("aborted");
        ASSERT_TRUE(put_part(aborted, 8, small));
        store_.reset();
        change_index("UPDATE uploads SET state = 2 WHERE key = CAST('aborted' AS BLOB)");
    }

    std::filesystem::path leave_a_file() {
        const auto left = path() / "objects/0a/00000000000000000000000000000f";
        std::filesystem::create_directories(left.parent_path());
        std::ofstream(left) << "half";
        return left;
    }

    std::vector<CheckFinding> found_;
};

TEST_F(CheckTest, finds_nothing_in_a_sound_store) {
    const auto report = check();
    EXPECT_THAT(found_, IsEmpty());
    EXPECT_EQ(report.objects, 4U);
    EXPECT_EQ(report.files, 2U);
    EXPECT_EQ(report.bytes, small.size() + 2 * large.size() + 1);
}

TEST_F(CheckTest, finds_a_flipped_bit_in_a_file) {
    std::fstream file(file_of("large"), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(200'000);
    file.put('l');
    file.close();
    for (const bool repair : {false, true}) {
        check(repair);
        ASSERT_THAT(kinds(), ElementsAre(What::object_damaged));
        EXPECT_EQ(found_[0].where, "photos/large");
        EXPECT_THAT(found_[0].message, HasSubstr("MD5"));
        EXPECT_THAT(found_[0].message, HasSubstr("restore"));
        EXPECT_FALSE(found_[0].repaired);
    }
    EXPECT_TRUE(std::filesystem::exists(file_of("large")));
}

TEST_F(CheckTest, finds_a_file_that_is_shorter_or_longer) {
    for (const std::size_t size : {large.size() - 1, large.size() + 1, std::size_t{0}}) {
        std::filesystem::resize_file(file_of("large"), size);
        check();
        ASSERT_THAT(kinds(), ElementsAre(What::object_damaged));
        EXPECT_THAT(found_[0].message, HasSubstr(std::to_string(size) + " bytes"));
    }
}

TEST_F(CheckTest, finds_a_missing_file) {
    std::filesystem::remove(file_of("large"));
    check(true);
    ASSERT_THAT(kinds(), ElementsAre(What::object_missing));
    EXPECT_EQ(found_[0].where, "photos/large");
    EXPECT_THAT(found_[0].message, HasSubstr("objects/"));
}

TEST_F(CheckTest, finds_changed_bytes_in_the_index) {
    change_index("UPDATE blobs SET data = CAST(replace(CAST(data AS TEXT), 'sss', 'sst') AS BLOB)");
    check();
    ASSERT_THAT(kinds(), ElementsAre(What::object_damaged));
    EXPECT_EQ(found_[0].where, "photos/small");
}

TEST_F(CheckTest, finds_a_checksum_that_is_not_that_of_the_bytes) {
    change_index("UPDATE objects SET checksum = 'AAAAAAAAAAA=' WHERE size > 0 AND file IS NULL");
    check();
    ASSERT_THAT(kinds(), ElementsAre(What::object_damaged));
    EXPECT_THAT(found_[0].message, HasSubstr("CRC64NVME"));
}

TEST_F(CheckTest, finds_missing_bytes_in_the_index) {
    change_index("DELETE FROM blobs");
    check(true);
    ASSERT_THAT(kinds(), ElementsAre(What::object_missing));
    EXPECT_EQ(found_[0].where, "photos/small");
}

TEST_F(CheckTest, finds_damaged_attributes) {
    change_index("UPDATE objects SET attributes = x'74ff' WHERE size = 0");
    check();
    ASSERT_THAT(kinds(), ElementsAre(What::index_damaged));
    EXPECT_EQ(found_[0].message,
              "the store's index: an object's attributes are damaged; restore the store from a "
              "backup");
    EXPECT_EQ(found_[0].where, "photos/empty");
}

TEST_F(CheckTest, finds_an_object_of_no_bucket) {
    change_index("DELETE FROM buckets");
    check();
    EXPECT_EQ(found_.size(), 4U);
    EXPECT_THAT(kinds(), ::testing::Each(What::index_damaged));
}

TEST_F(CheckTest, removes_a_leftover_file_when_asked_to) {
    const auto left = leave_a_file();
    check();
    ASSERT_THAT(kinds(), ElementsAre(What::leftover_file));
    EXPECT_EQ(found_[0].where, "objects/0a/00000000000000000000000000000f");
    EXPECT_TRUE(std::filesystem::exists(left));
    const auto report = check(true);
    EXPECT_EQ(report.repaired, 1U);
    EXPECT_FALSE(std::filesystem::exists(left));
    check();
    EXPECT_THAT(found_, IsEmpty());
}

TEST_F(CheckTest, removes_leftover_bytes_when_asked_to) {
    change_index("INSERT INTO blobs (id, data) VALUES (7, 'x'), (70000, 'y')");
    check();
    EXPECT_THAT(kinds(), ElementsAre(What::leftover_bytes, What::leftover_bytes));
    EXPECT_EQ(check(true).repaired, 2U);
    check();
    EXPECT_THAT(found_, IsEmpty());
}

TEST_F(CheckTest, leaves_the_files_of_others_alone) {
    std::ofstream(path() / "objects/README") << "not ours";
    check(true);
    EXPECT_THAT(found_, IsEmpty());
    EXPECT_TRUE(std::filesystem::exists(path() / "objects/README"));
}

TEST_F(CheckTest, finds_a_damaged_index_and_then_removes_nothing) {
    const auto left = leave_a_file();
    // An entry of the index by file that no row has.
    change_index(
        "PRAGMA writable_schema = ON;"
        "UPDATE sqlite_schema SET sql = 'CREATE UNIQUE INDEX objects_by_file ON objects (etag) "
        "WHERE file IS NOT NULL' WHERE name = 'objects_by_file'");
    check(true);
    EXPECT_THAT(kinds(), ::testing::Contains(What::index_damaged));
    EXPECT_EQ(found_[0].where, "index.db");
    EXPECT_TRUE(std::filesystem::exists(left));
}

TEST_F(CheckTest, finds_an_index_that_is_none) {
    std::fstream file(path() / "index.db", std::ios::in | std::ios::out | std::ios::binary);
    const auto left = leave_a_file();
    for (const int first : {4096, 0}) {  // with its first page it opens at least
        file.seekp(first);
        file << std::string(20'000, '\xff') << std::flush;
        const auto report = check(true);
        EXPECT_GT(report.findings, 0U);
        EXPECT_THAT(kinds(), ::testing::Contains(What::index_damaged));
        EXPECT_TRUE(std::filesystem::exists(left));
    }
}

TEST_F(CheckTest, finds_nothing_in_sound_uploads) {
    const std::uint64_t before = check().bytes;
    add_uploads();
    const auto report = check(true);
    EXPECT_THAT(found_, IsEmpty());
    EXPECT_EQ(report.objects, 5U);
    EXPECT_EQ(report.files, 5U);
    EXPECT_EQ(report.bytes - before, 2 * s3::part_bytes_min + 1 + small.size() + large.size());
    ASSERT_TRUE(open(nullptr));
    EXPECT_EQ(get("parts").size(), 2 * s3::part_bytes_min + 1 + small.size());
}

TEST_F(CheckTest, finds_a_damaged_part) {
    add_uploads();
    for (const auto& [number, where] :
         {std::pair{2U, "photos/parts part 2"}, std::pair{7U, "photos/unfinished part 7"}}) {
        const auto name = file_of_part(number);
        std::filesystem::resize_file(name, std::filesystem::file_size(name) - 1);
        check();
        ASSERT_EQ(found_.size(), number == 2 ? 1U : 2U);
        EXPECT_EQ(found_.back().what, What::object_damaged);
        EXPECT_EQ(found_.back().where, where);
    }
}

TEST_F(CheckTest, finds_a_missing_part) {
    add_uploads();
    std::filesystem::remove(file_of_part(1));
    check();
    ASSERT_THAT(kinds(), ElementsAre(What::object_missing));
    EXPECT_EQ(found_[0].where, "photos/parts part 1");
    change_index("DELETE FROM parts WHERE number = 1");
    check();
    ASSERT_THAT(kinds(), ElementsAre(What::object_missing));
    EXPECT_EQ(found_[0].where, "photos/parts");
}

TEST_F(CheckTest, finds_an_object_that_is_not_its_parts) {
    add_uploads();
    change_index(
        "UPDATE objects SET etag = '0' || substr(etag, 2) || '' WHERE manifest IS NOT NULL "
        "AND etag NOT LIKE '0%'; UPDATE objects SET checksum = 'AAAAAAAAAAA=' "
        "WHERE manifest IS NOT NULL");
    check();
    ASSERT_THAT(kinds(), ElementsAre(What::object_damaged));
    EXPECT_THAT(found_[0].message, HasSubstr("that of its parts"));
}

TEST_F(CheckTest, finds_uploads_and_parts_that_hang_in_the_air) {
    add_uploads();
    change_index(
        "DELETE FROM objects WHERE manifest IS NOT NULL;"
        "DELETE FROM uploads WHERE key = CAST('unfinished' AS BLOB)");
    check();
    ASSERT_THAT(kinds(), ElementsAre(What::index_damaged, What::index_damaged));
    EXPECT_THAT(found_[0].message, HasSubstr("of no upload"));
    EXPECT_THAT(found_[1].message, HasSubstr("its object is not there"));
}

TEST_F(CheckTest, refuses_a_store_in_use) {
    ASSERT_TRUE(open(nullptr));
    store::CheckOptions options;
    options.directory = path();
    const auto report = store::check_store(options);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(report.error().message, HasSubstr("in use"));
}

TEST_F(CheckTest, refuses_what_is_no_store) {
    store::CheckOptions options;
    options.directory = path() / "objects";
    const auto report = store::check_store(options);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::not_found);
    EXPECT_FALSE(std::filesystem::exists(path() / "objects/lock"));
}

TEST_F(CheckTest, refuses_another_format) {
    change_index("PRAGMA user_version = 999");
    store::CheckOptions options;
    options.directory = path();
    EXPECT_EQ(store::check_store(options).error().kind, ErrorKind::unsupported);
    change_index("PRAGMA user_version = 0");
    EXPECT_THAT(store::check_store(options).error().message, HasSubstr("start it once"));
}

TEST_F(CheckTest, tells_how_far_it_is) {
    store::CheckOptions options;
    options.directory = path();
    store::CheckProgress last;
    options.progress = [&last](const store::CheckProgress& now) {
        EXPECT_GE(now.bytes, last.bytes);
        last = now;
    };
    ASSERT_TRUE(store::check_store(options));
    EXPECT_EQ(last.objects, last.objects_all);
    EXPECT_EQ(last.bytes, last.bytes_all);
    EXPECT_EQ(last.files, 2U);
}

}  // namespace
}  // namespace slipway::test
