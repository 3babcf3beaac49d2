// SPDX-License-Identifier: Apache-2.0
// Whoever walks a damaged index comes to an end, and says what is wrong.
#include "store/check.h"
#include "unit/store/store_fixture.h"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace slipway::test {
namespace {

using ::testing::HasSubstr;

class DamagedIndexTest : public LocalStoreTest {
  protected:
    /// Writes other bytes over all places in the stopped store's index that have these.
    void overwrite(const std::string& bytes, const std::string& others) {
        ASSERT_EQ(bytes.size(), others.size());
        std::ifstream in(path() / "index.db", std::ios::binary);
        std::string index(std::istreambuf_iterator<char>(in), {});
        auto place = index.find(bytes);
        ASSERT_NE(place, std::string::npos);
        for (; place != std::string::npos; place = index.find(bytes, place)) {
            index.replace(place, bytes.size(), others);
        }
        std::ofstream(path() / "index.db", std::ios::binary) << index;
    }

    std::string error_of_list() {
        objects::ListRequest request;
        request.bucket = bucket;
        const auto listed = run(store_->list(request));
        return listed ? "" : listed.error().message;
    }
};

TEST_F(DamagedIndexTest, a_list_of_keys_that_are_out_of_order_fails) {
    ASSERT_TRUE(put("b/1", "1"));
    ASSERT_TRUE(put("c/1", "2"));
    EXPECT_EQ(error_of_list(), "");
    store_.reset();
    overwrite("c/1", "a/1");
    ASSERT_TRUE(open(nullptr));
    EXPECT_THAT(error_of_list(), HasSubstr("rows are out of order; restore the store"));
}

TEST_F(DamagedIndexTest, the_check_of_bytes_that_are_out_of_order_ends) {
    store_.reset();
    change_index("INSERT INTO blobs (id, data) VALUES (7, 'seventh'), (8, 'eighth')");
    // A row is its id, the head of its columns (the id is not one of them), and its columns.
    const std::string head("\x03\x00\x19", 3);
    overwrite('\x08' + head + "eighth", '\x03' + head + "eighth");
    std::vector<store::CheckFinding> found;
    store::CheckOptions options;
    options.directory = path();
    options.found = [&](const store::CheckFinding& finding) { found.push_back(finding); };
    ASSERT_TRUE(store::check_store(options));
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.back().what, store::CheckFinding::What::index_damaged);
    EXPECT_THAT(found.back().message, HasSubstr("rows are out of order"));
}

TEST_F(DamagedIndexTest, clearing_parts_that_do_not_go_away_ends) {
    const auto upload = begin("a");
    ASSERT_TRUE(put_part(upload, 1, "part"));
    store_.reset();
    change_index(
        "UPDATE uploads SET state = 2;"
        "CREATE TRIGGER stay BEFORE DELETE ON parts BEGIN SELECT RAISE(IGNORE); END");
    ASSERT_TRUE(open(nullptr));
    const auto cleaned = store_->clean();
    ASSERT_FALSE(cleaned);
    EXPECT_THAT(cleaned.error().message, HasSubstr("cannot be removed; restore the store"));
}

}  // namespace
}  // namespace slipway::test
