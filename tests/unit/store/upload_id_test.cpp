// SPDX-License-Identifier: Apache-2.0
#include "store/upload_id.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace slipway::store {
namespace {

TEST(UploadId, is_read_back) {
    for (const std::int64_t row : {std::int64_t{1}, std::numeric_limits<std::int64_t>::max()}) {
        const UploadId id{row, new_upload_secret()};
        const std::string text = to_text(id);
        EXPECT_EQ(text.size(), 48U);
        const auto parsed = parse_upload_id(text);
        ASSERT_TRUE(parsed);
        EXPECT_EQ(parsed->row, id.row);
        EXPECT_EQ(parsed->secret, id.secret);
    }
}

TEST(UploadId, a_later_one_is_greater) {
    EXPECT_LT(to_text(UploadId{9, std::string(32, 'f')}),
              to_text(UploadId{10, std::string(32, '0')}));
}

TEST(UploadId, cannot_be_guessed_from_another) {
    std::set<std::string> secrets;
    for (int i = 0; i < 1'000; ++i) {
        secrets.insert(new_upload_secret());
    }
    EXPECT_EQ(secrets.size(), 1'000U);
}

TEST(UploadId, other_texts_are_none) {
    const std::string good = to_text(UploadId{1, std::string(32, 'a')});
    EXPECT_TRUE(parse_upload_id(good));
    EXPECT_FALSE(parse_upload_id(""));
    EXPECT_FALSE(parse_upload_id(good + "a"));
    EXPECT_FALSE(parse_upload_id(good.substr(1)));
    EXPECT_FALSE(parse_upload_id(" " + good.substr(1)));
    EXPECT_FALSE(parse_upload_id("-" + good.substr(1)));
    EXPECT_FALSE(parse_upload_id(std::string(48, 'f'))) << "no row has such a number";
    EXPECT_FALSE(parse_upload_id(std::string(48, 'A')));
}

}  // namespace
}  // namespace slipway::store
