// SPDX-License-Identifier: Apache-2.0
#include "net/address.h"

#include <gtest/gtest.h>

namespace slipway::net {
namespace {

TEST(ParseEndpoint, ReadsAddressesOfBothKinds) {
    EXPECT_EQ(to_text(*parse_endpoint("127.0.0.1:8080")), "127.0.0.1:8080");
    EXPECT_EQ(to_text(*parse_endpoint("[::1]:0")), "[::1]:0");
    EXPECT_EQ(to_text(*parse_endpoint("localhost:65535")), "127.0.0.1:65535");
}

TEST(ParseEndpoint, SaysWhatFormItWants) {
    for (const char* wrong : {"", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:65536", "::1:80",
                              "127.0.0.1:8o80", "host:80", "[::1:80", "127.0.0.1:-1"}) {
        const auto endpoint = parse_endpoint(wrong);
        ASSERT_FALSE(endpoint) << wrong;
        EXPECT_EQ(endpoint.error().kind, ErrorKind::invalid_argument);
        EXPECT_NE(endpoint.error().message.find("ADDRESS:PORT"), std::string::npos);
    }
}

}  // namespace
}  // namespace slipway::net
