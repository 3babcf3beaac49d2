// SPDX-License-Identifier: Apache-2.0
#include "s3/names.h"

#include <gtest/gtest.h>

#include <string>

namespace slipway::s3 {
namespace {

TEST(BucketName, AcceptsWhatAmazonAccepts) {
    for (const std::string& name :
         {std::string("abc"), std::string("my.bucket-1"), std::string("123"), std::string(63, 'a'),
          std::string("1.2.3"), std::string("a.1.2.3.4"), std::string("xn-a")}) {
        EXPECT_TRUE(check_bucket_name(name)) << name;
    }
}

TEST(BucketName, RefusesWhatAmazonRefuses) {
    for (const std::string& name : {std::string(),
                                    std::string("ab"),
                                    std::string(64, 'a'),
                                    std::string("Photos"),
                                    std::string("my_bucket"),
                                    std::string("-abc"),
                                    std::string("abc-"),
                                    std::string(".abc"),
                                    std::string("abc."),
                                    std::string("a..b"),
                                    std::string("foo-.bar"),
                                    std::string("foo.-bar"),
                                    std::string("192.168.5.4"),
                                    std::string("999.999.999.999"),
                                    std::string("xn--abc"),
                                    std::string("sthree-x"),
                                    std::string("x-s3alias"),
                                    std::string("x--ol-s3"),
                                    std::string("a/b"),
                                    std::string("a b c"),
                                    std::string("b\u00fccher"),
                                    std::string("abc\0", 4)}) {
        const auto checked = check_bucket_name(name);
        ASSERT_FALSE(checked) << name;
        EXPECT_EQ(checked.error().code, "InvalidBucketName") << name;
    }
}

TEST(ObjectKey, IsUpTo1024BytesOfUtf8) {
    EXPECT_TRUE(check_object_key("a"));
    EXPECT_TRUE(check_object_key(std::string(1024, 'a')));
    EXPECT_TRUE(check_object_key("../\u00fc //\U0001f600"));
    EXPECT_EQ(check_object_key("").error().code, "InvalidArgument");
    EXPECT_EQ(check_object_key("\xff").error().code, "InvalidArgument");
    std::string long_key;
    for (int i = 0; i < 513; ++i) {
        long_key += "\u00fc";
    }
    EXPECT_EQ(check_object_key(long_key).error().code, "KeyTooLongError");
}

}  // namespace
}  // namespace slipway::s3
