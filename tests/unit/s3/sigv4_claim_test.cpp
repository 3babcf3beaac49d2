// SPDX-License-Identifier: Apache-2.0
#include "s3/sigv4.h"
#include "unit/s3/sigv4_fixture.h"

#include <gtest/gtest.h>

namespace slipway::s3 {
namespace {

using test::at;
using test::example_credentials;
using test::request_to;

constexpr std::string_view good_authorization =
    "AWS4-HMAC-SHA256 Credential=AKID/20261121/us-east-1/s3/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=abc";

http::Request with_authorization(std::string_view authorization) {
    http::Request request = request_to(http::Method::get, "/b/k");
    request.headers.add("Authorization", std::string(authorization));
    request.headers.add("x-amz-date", "20261121T050000Z");
    request.headers.add("x-amz-content-sha256", std::string(empty_payload_hash));
    return request;
}

constexpr std::string_view good_query =
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261121%2Fus-east-1%2Fs3%2F"
    "aws4_request&X-Amz-Date=20261121T050000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Brange&"
    "X-Amz-Signature=abc";

http::Request with_query(std::string_view from, std::string_view to) {
    std::string query(good_query);
    query.replace(query.find(from), from.size(), to);
    return request_to(http::Method::get, "/b/k?" + query);
}

Error error_of(const http::Request& request) {
    const auto claim = parse_authorization(request);
    return claim ? Error{} : claim.error();
}

TEST(ParseAuthorization, ReadsTheHeader) {
    const Claim claim = parse_authorization(with_authorization(good_authorization)).value();
    EXPECT_EQ(claim.access_key_id, "AKID");
    EXPECT_EQ(claim.signed_headers, (std::vector<std::string>{"host", "x-amz-date"}));
    EXPECT_EQ(claim.signature, "abc");
    EXPECT_EQ(claim.payload_kind, PayloadKind::sha256);
    EXPECT_TRUE(claim.is_signed("Host"));
    EXPECT_FALSE(claim.is_signed("range"));
}

TEST(ParseAuthorization, OrderAndSpacesOfTheFieldsDoNotMatter) {
    const Claim claim =
        parse_authorization(
            with_authorization("AWS4-HMAC-SHA256   Signature=abc,SignedHeaders=host,Credential="
                               "key/with/slashes/20261121/us-east-1/s3/aws4_request"))
            .value();
    EXPECT_EQ(claim.access_key_id, "key/with/slashes");
    EXPECT_EQ(claim.signature, "abc");
}

TEST(ParseAuthorization, FallsBackToTheDateHeader) {
    http::Request request = with_authorization(good_authorization);
    request.headers.remove("x-amz-date");
    EXPECT_EQ(error_of(request).code, "AccessDenied");
    request.headers.add("Date", "Sat, 21 Nov 2026 05:00:00 GMT");
    EXPECT_EQ(parse_authorization(request).value().date, at("20261121T050000Z"));
    for (const char* zone : {"-0000", "+0000"}) {  // of mail, as botocore writes it
        request.headers.set("Date", std::string("Sat, 21 Nov 2026 05:00:00 ") + zone);
        EXPECT_EQ(parse_authorization(request).value().date, at("20261121T050000Z"));
    }
    request.headers.set("Date", "Sat, 21 Nov 2026 05:00:00 +0100");
    EXPECT_EQ(error_of(request).code, "AccessDenied");
}

TEST(ParseAuthorization, NamesWhatIsWrongInTheHeader) {
    for (const std::string_view text :
         {"AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential=AKID, SignedHeaders=host, Signature=a",
          "AWS4-HMAC-SHA256 Credential=AKID/20261121/r/s3/aws5, SignedHeaders=host, Signature=a",
          "AWS4-HMAC-SHA256 Credential=/20261121/r/s3/aws4_request, SignedHeaders=h, Signature=a",
          "AWS4-HMAC-SHA256 Credential=A/20261121/r/s3/aws4_request, Signature=a",
          "AWS4-HMAC-SHA256 Credential=A/20261121/r/s3/aws4_request, SignedHeaders=host",
          "AWS4-HMAC-SHA256 Credential=A/20261122/r/s3/aws4_request, SignedHeaders=host, "
          "Signature=a"}) {
        EXPECT_EQ(error_of(with_authorization(text)).code, "AuthorizationHeaderMalformed") << text;
    }
    for (const std::string_view text : {"AWS AKID:signature", "Basic dTpw", "Bearer x",
                                        "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256-X Credential=A"}) {
        EXPECT_EQ(error_of(with_authorization(text)).code, "InvalidRequest") << text;
    }
}

TEST(ParseAuthorization, NeedsAKnownPayloadHash) {
    http::Request request = with_authorization(good_authorization);
    request.headers.remove("x-amz-content-sha256");
    EXPECT_EQ(error_of(request).code, "InvalidRequest");
    request.headers.set("x-amz-content-sha256", "e3b0");
    EXPECT_EQ(error_of(request).code, "InvalidArgument");
    EXPECT_EQ(parse_payload_kind("UNSIGNED-PAYLOAD"), PayloadKind::unsigned_payload);
    EXPECT_EQ(parse_payload_kind("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
              PayloadKind::streaming_signed);
    EXPECT_EQ(parse_payload_kind("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"),
              PayloadKind::streaming_signed_trailer);
    EXPECT_EQ(parse_payload_kind("STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
              PayloadKind::streaming_unsigned_trailer);
    EXPECT_EQ(parse_payload_kind("unsigned-payload"), std::nullopt);
    EXPECT_EQ(parse_payload_kind(std::string(64, 'G')), std::nullopt);
}

TEST(ParseAuthorization, ReadsTheQuery) {
    const Claim claim = parse_authorization(with_query("=60", "=60")).value();
    EXPECT_TRUE(claim.presigned);
    EXPECT_EQ(claim.access_key_id, "AKID");
    EXPECT_EQ(claim.expires_in, std::chrono::seconds(60));
    EXPECT_EQ(claim.signed_headers, (std::vector<std::string>{"host", "range"}));
    EXPECT_EQ(claim.payload_hash, unsigned_payload_hash);
}

TEST(ParseAuthorization, NamesWhatIsWrongInTheQuery) {
    const std::pair<std::string_view, std::string_view> changes[] = {
        {"AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"},
        {"X-Amz-Credential=AKID", "X-Amz-Credential="},
        {"%2Faws4_request", ""},
        {"X-Amz-Date=20261121T050000Z", "X-Amz-Date=now"},
        {"X-Amz-Date=20261121T", "X-Amz-Date=20261122T"},
        {"X-Amz-Expires=60", "X-Amz-Expires=1h"},
        {"X-Amz-Expires=60", "X-Amz-Expires=-1"},
        {"X-Amz-Expires=60", "X-Amz-Expires=604801"},
        {"X-Amz-Expires=60", "X-Amz-Expires=99999999999999999999"},
        {"X-Amz-Expires=60", "Expires=60"},
        {"&X-Amz-Signature=abc", ""},
        {"X-Amz-SignedHeaders=host%3Brange", "X-Amz-SignedHeaders="}};
    for (const auto& [from, to] : changes) {
        EXPECT_EQ(error_of(with_query(from, to)).code, "AuthorizationQueryParametersError")
            << from << " -> " << to;
    }
    EXPECT_EQ(error_of(with_query("=60", "=604800")).code, "");
    EXPECT_EQ(error_of(with_query("abc", "%zz")).code, "InvalidURI");
}

TEST(ParseAuthorization, OneWayAtATime) {
    http::Request request = with_authorization(good_authorization);
    request.target += "?" + std::string(good_query);
    EXPECT_EQ(error_of(request).code, "InvalidArgument");
}

TEST(ParseAuthorization, NobodyIsDenied) {
    const http::Request anonymous = request_to(http::Method::get, "/b/k?prefix=a");
    EXPECT_EQ(error_of(anonymous).code, "AccessDenied");
    EXPECT_TRUE(is_anonymous(anonymous));
    EXPECT_FALSE(is_anonymous(with_authorization("anything")));
    EXPECT_FALSE(is_anonymous(with_query("=60", "=60")));
    const http::Request version_2 =
        request_to(http::Method::get, "/b/k?AWSAccessKeyId=A&Signature=s&Expires=1");
    EXPECT_FALSE(is_anonymous(version_2));
    EXPECT_TRUE(parse_authorization(version_2).value().version_2);
    EXPECT_TRUE(is_anonymous(with_authorization("")));
    EXPECT_EQ(error_of(with_authorization("")).code, "AccessDenied");
    EXPECT_EQ(error_of(with_authorization("AWS AKID:c2ln")).code, "InvalidRequest");
}

}  // namespace
}  // namespace slipway::s3
