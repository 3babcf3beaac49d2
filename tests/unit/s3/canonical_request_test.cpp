// SPDX-License-Identifier: Apache-2.0
#include "s3/canonical_request.h"

#include <gtest/gtest.h>

#include <array>

namespace slipway::s3 {
namespace {

TEST(CanonicalRequest, IsTheDocumentedText) {
    std::array headers = {NameValue{"X-Amz-Date", "20130524T000000Z"},
                          NameValue{"Host", "examplebucket.s3.amazonaws.com"},
                          NameValue{"Range", " bytes=0-9\t"}};
    sort_headers(headers);
    std::string text;
    append_canonical_request(text, SignableRequest{.method = "GET",
                                                   .path = "/test.txt",
                                                   .query = "a=1",
                                                   .headers = headers,
                                                   .payload_hash = "hash"});
    EXPECT_EQ(text,
              "GET\n/test.txt\na=1\nhost:examplebucket.s3.amazonaws.com\nrange:bytes=0-9\n"
              "x-amz-date:20130524T000000Z\n\nhost;range;x-amz-date\nhash");
}

TEST(CanonicalRequest, JoinsFieldsOfOneNameInTheirOrder) {
    std::array headers = {NameValue{"X-B", "2"}, NameValue{"x-a", " a  b "}, NameValue{"x-b", "1"}};
    sort_headers(headers);
    std::string text;
    append_canonical_request(
        text,
        SignableRequest{
            .method = "GET", .path = "/", .query = {}, .headers = headers, .payload_hash = "h"});
    EXPECT_EQ(text, "GET\n/\n\nx-a:a b\nx-b:2,1\n\nx-a;x-b\nh");
}

TEST(CanonicalRequest, RefusesHeadersThatCouldBeReadTwoWays) {
    const auto accepts = [](std::string_view name, std::string_view value) {
        const std::array headers = {NameValue{name, value}};
        return check_headers(headers).has_value();
    };
    EXPECT_TRUE(accepts("x-amz-meta-a_b.c", "tab\t and \u00fc"));
    for (const std::string_view name : {"", "a b", "a:b", "a;b", "a,b", "a=b", "a\nb", "\u00fc"}) {
        EXPECT_FALSE(accepts(name, "v")) << name;
    }
    for (const std::string_view value : {"a\nb", "a\rb", "\x01", "\x7f"}) {
        EXPECT_FALSE(accepts("a", value)) << value;
    }
}

TEST(CanonicalPath, EncodesOnceAndNormalisesNothing) {
    EXPECT_EQ(canonical_path("/b/a(1)+b%2fc").value(), "/b/a%281%29%2Bb/c");
    EXPECT_EQ(canonical_path("/b//a/../%2E/./").value(), "/b//a/../././");
    EXPECT_EQ(canonical_path("/b/%252F%20").value(), "/b/%252F%20");
    EXPECT_EQ(canonical_path("/b/%c3%bc").value(), "/b/%C3%BC");
    EXPECT_EQ(canonical_path("/b/100%").error().code, "InvalidURI");
}

TEST(CanonicalQuery, SortsEncodesAndLeavesOutTheSignature) {
    EXPECT_EQ(canonical_query("").value(), "");
    EXPECT_EQ(canonical_query("lifecycle").value(), "lifecycle=");
    EXPECT_EQ(canonical_query("b=2&a=1&a=0&A=3").value(), "A=3&a=0&a=1&b=2");
    EXPECT_EQ(canonical_query("X-Amz-Signature=s&prefix=a/b+c%20%2b&&").value(),
              "prefix=a%2Fb%20c%20%2B");
    EXPECT_EQ(canonical_query("a=%").error().code, "InvalidURI");
}

}  // namespace
}  // namespace slipway::s3
