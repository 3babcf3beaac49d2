// SPDX-License-Identifier: Apache-2.0
#include "objects/archive.h"

#include <gtest/gtest.h>

namespace slipway::objects {
namespace {

using namespace std::chrono_literals;

TEST(Archive, is_what_two_classes_are) {
    EXPECT_TRUE(is_archived("GLACIER"));
    EXPECT_TRUE(is_archived("DEEP_ARCHIVE"));
    EXPECT_FALSE(is_archived("GLACIER_IR"));
    EXPECT_FALSE(is_archived("STANDARD"));
}

TEST(Archive, is_read_from_when_it_is_restored_until_before_that_ends) {
    const Time now{10h};
    ObjectInfo object;
    EXPECT_TRUE(check_readable(object, now));
    object.attributes.storage_class = "GLACIER";
    EXPECT_EQ(check_readable(object, now).error().code, "InvalidObjectState");
    object.restoration = Restoration{now, now + 1us};
    EXPECT_TRUE(check_readable(object, now));
    EXPECT_FALSE(check_readable(object, now - 1us));
    EXPECT_FALSE(check_readable(object, now + 1us));
}

}  // namespace
}  // namespace slipway::objects
