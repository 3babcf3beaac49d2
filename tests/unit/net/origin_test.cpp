// SPDX-License-Identifier: Apache-2.0
#include "net/origin.h"

#include <gtest/gtest.h>

namespace slipway::net {
namespace {

TEST(ParseOrigin, ReadsSchemesPortsAndAddresses) {
    EXPECT_EQ(*parse_origin("http://127.0.0.1:9000"), (Origin{false, "127.0.0.1", 9000}));
    EXPECT_EQ(*parse_origin("https://s3.eu-west-1.amazonaws.com/"),
              (Origin{true, "s3.eu-west-1.amazonaws.com", 443}));
    EXPECT_EQ(*parse_origin("http://[::1]:80"), (Origin{false, "::1", 80}));
}

TEST(ParseOrigin, RefusesWhatIsNone) {
    for (const char* bad : {"", "a", "ftp://a", "http://", "http://a:0", "http://a:b", "http://a/b",
                            "http://u:p@a", "http://a:99999", "http://a b", "http://a\r\nX: y"}) {
        EXPECT_FALSE(parse_origin(bad)) << bad;
    }
}

TEST(OriginText, LeavesOutTheUsualPort) {
    EXPECT_EQ(host_header(*parse_origin("http://[::1]:81")), "[::1]:81");
    EXPECT_EQ(host_header(*parse_origin("https://a:443")), "a");
    EXPECT_EQ(host_and_port(*parse_origin("https://a")), "a:443");
    EXPECT_EQ(host_and_port(*parse_origin("http://[::1]")), "[::1]:80");
    EXPECT_EQ(origin_url(*parse_origin("https://a:8443/")), "https://a:8443");
}

}  // namespace
}  // namespace slipway::net
