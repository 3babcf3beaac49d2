// SPDX-License-Identifier: Apache-2.0
#include "api/runtime.h"

#include <gtest/gtest.h>

namespace slipway::api {
namespace {

TEST(Addresses, BecomeUrlsThatCanBeOpened) {
    EXPECT_EQ(local_url("127.0.0.1:0", 8080), "http://127.0.0.1:8080");
    EXPECT_EQ(local_url("0.0.0.0:80", 80), "http://127.0.0.1:80");
    EXPECT_EQ(local_url("[::]:0", 81), "http://[::1]:81");
    EXPECT_TRUE(is_loopback("127.0.0.1:1"));
    EXPECT_TRUE(is_loopback("[::1]:1"));
    EXPECT_FALSE(is_loopback("0.0.0.0:1"));
    EXPECT_FALSE(is_loopback("192.168.0.1:1"));
}

}  // namespace
}  // namespace slipway::api
