// SPDX-License-Identifier: Apache-2.0
#include "s3/target.h"

#include "codec/percent.h"
#include "unit/s3/sigv4_fixture.h"

#include <gtest/gtest.h>

#include <array>

namespace slipway::s3 {
namespace {

using namespace std::string_literals;

S3Target parsed(std::string target, std::string host = "127.0.0.1:9000") {
    const std::array base_hosts = {"s3.example"s, "localhost:9000"s};
    http::Request request;
    request.target = std::move(target);
    request.headers.add("Host", std::move(host));
    return parse_target(request, base_hosts).value();
}

TEST(Target, PathStyle) {
    EXPECT_EQ(parsed("/").bucket, "");
    EXPECT_EQ(parsed("/photos").bucket, "photos");
    EXPECT_EQ(parsed("/photos").key, "");
    EXPECT_EQ(parsed("/photos/").key, "");
    EXPECT_EQ(parsed("/photos/a/b.jpg").bucket, "photos");
    EXPECT_EQ(parsed("/photos/a/b.jpg").key, "a/b.jpg");
}

TEST(Target, VirtualHostStyle) {
    const S3Target target = parsed("/a/b.jpg", "photos.s3.example");
    EXPECT_EQ(target.bucket, "photos");
    EXPECT_EQ(target.key, "a/b.jpg");
    EXPECT_EQ(parsed("/", "my.photos.S3.Example:9000").bucket, "my.photos");
    EXPECT_EQ(parsed("/", "Photos.localhost").bucket, "photos");
    EXPECT_EQ(parsed("/photos/k", "s3.example").bucket, "photos");
    EXPECT_EQ(parsed("/photos/k", ".s3.example").bucket, "photos");
    EXPECT_EQ(parsed("/photos/k", "evils3.example").bucket, "photos");
    EXPECT_EQ(parsed("/photos/k", "[::1]:9000").bucket, "photos");
}

TEST(Target, HostileKeysSurvive) {
    for (const std::string& key :
         {"a b"s, "a+b"s, "a%2Fb"s, "a//b"s, "/leading"s, "//"s, "trailing/"s, "."s, ".."s,
          "../../etc/passwd"s, "a/./b"s, "\"quoted\" 'twice'"s, "\u00fc\u20ac\U0001f600"s,
          "?query#hash"s, "a&b=c;d"s, "100%"s, "\\back"s, "tab\tnew\nline"s, "nul\0byte"s}) {
        EXPECT_EQ(parsed("/photos/" + codec::percent_encode(key, true)).key, key);
        EXPECT_EQ(parsed("/photos/" + codec::percent_encode(key, false)).key, key);
        EXPECT_EQ(parsed("/" + codec::percent_encode(key, true), "photos.s3.example").key, key);
    }
}

TEST(Target, QueriesAreDecoded) {
    const S3Target target = parsed("/photos?list-type=2&prefix=a+b%2B%26&delete&&empty=&x=1&x=2");
    EXPECT_EQ(target.get("list-type"), "2");
    EXPECT_EQ(target.get("prefix"), "a b+&");
    EXPECT_TRUE(target.has("delete"));
    EXPECT_TRUE(target.has("empty"));
    EXPECT_FALSE(target.has(""));
    EXPECT_EQ(target.get("x"), "1");
    EXPECT_EQ(target.find("missing"), nullptr);
    EXPECT_EQ(target.query.size(), 6U);
}

TEST(Target, RefusesWhatIsNoPath) {
    for (const std::string_view target :
         {"", "*", "photos", "/%", "/b/%zz", "/b/k?a=%4", "/%g0/k"}) {
        const auto refused = parse_target(test::request_to(http::Method::get, target));
        ASSERT_FALSE(refused) << target;
        EXPECT_EQ(refused.error().code, "InvalidURI") << target;
    }
}

}  // namespace
}  // namespace slipway::s3
