// SPDX-License-Identifier: Apache-2.0
#include "s3/sigv2.h"

#include "unit/s3/sigv4_fixture.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace slipway::s3 {
namespace {

using http::Method;

// All of these URLs expire then.
const Time expiry = test::at("20261121T120000Z");

Error verified(const http::Request& request,
               Credentials credentials = test::example_credentials(),
               Time now = expiry - std::chrono::seconds(1)) {
    const std::string base_hosts[] = {"s3.example"};
    const auto target = parse_target(request, base_hosts);
    const auto claim = parse_authorization(request);
    if (!target || !claim) {
        return target ? claim.error() : target.error();
    }
    const auto result = verify_v2(request, *target, *claim, credentials, now);
    return result ? Error{ErrorKind::internal, "verified", ""} : result.error();
}

constexpr const char* url_of_a_key =
    "http://127.0.0.1:9000/photos/a%20b%2Bc~%281%29.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE"
    "&Signature=TVmvQJoI374XIjsPta9%2FWhTxWSU%3D&Expires=1795262400";
constexpr const char* url_of_a_put =
    "http://127.0.0.1:9000/photos/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE"
    "&Signature=nvj5Dn%2B1ideABXQvfHf8v74cw%2Bw%3D&x-amz-acl=private&content-type=text%2Fplain"
    "&x-amz-meta-title=a%20%20b&Expires=1795262400";

// URLs made by botocore 1.43.11 (2026-11).
class SignedByBotocore : public testing::TestWithParam<const char*> {};

TEST_P(SignedByBotocore, IsVerified) {
    const http::Request request = test::request_of(Method::get, GetParam());
    EXPECT_EQ(verified(request).message, "verified");
    Credentials other = test::example_credentials();
    other.secret_access_key = Secret("guess");
    EXPECT_EQ(verified(request, other).code, "SignatureDoesNotMatch");
    http::Request head = request;
    head.method = Method::head;
    EXPECT_EQ(verified(head).code, "SignatureDoesNotMatch");
}

INSTANTIATE_TEST_SUITE_P(
    All,
    SignedByBotocore,
    testing::Values(
        url_of_a_key,
        "http://127.0.0.1:9000/photos/k?response-content-type=text%2Fplain%3B%20charset%3Dx&"
        "response-content-disposition=attachment%3B%20filename%3D%22a%20b.txt%22&AWSAccessKeyId="
        "AKIAIOSFODNN7EXAMPLE&Signature=NtTGl7u7Oy4VjmV9vxct%2B5SAVAc%3D&Expires=1795262400",
        "http://127.0.0.1:9000/photos?list-type=2&prefix=x&encoding-type=url&AWSAccessKeyId="
        "AKIAIOSFODNN7EXAMPLE&Signature=Rc1Evx%2FOsjMGX9siVApu9ES75Kg%3D&Expires=1795262400",
        "http://photos.s3.example:9000/d/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature="
        "HUrInv6wb%2FMa%2BE%2Bvk5rP1FbqOKY%3D&Expires=1795262400",
        "http://photos.s3.example:9000/?encoding-type=url&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&"
        "Signature=Rc1Evx%2FOsjMGX9siVApu9ES75Kg%3D&Expires=1795262400"));

TEST(VerifyV2, PartsAreSignedWithTheirUploadAndNumber) {
    const std::string url =
        "http://127.0.0.1:9000/photos/k?uploadId=u%2B1&partNumber=2&AWSAccessKeyId="
        "AKIAIOSFODNN7EXAMPLE&Signature=ZOka1li3oRmFQuE0JPY4Df2lh1c%3D&Expires=1795262400";
    EXPECT_EQ(verified(test::request_of(Method::put, url)).message, "verified");
    std::string other = url;
    other.replace(other.find("partNumber=2"), 12, "partNumber=3");
    EXPECT_EQ(verified(test::request_of(Method::put, other)).code, "SignatureDoesNotMatch");
}

TEST(VerifyV2, AmazonHeadersMayBeInTheQueryOrTheRequestOrBoth) {
    http::Request request = test::request_of(Method::put, url_of_a_put);
    EXPECT_EQ(verified(request).code, "SignatureDoesNotMatch");  // its Content-Type is missing
    request.headers.add("Content-Type", "text/plain");
    EXPECT_EQ(verified(request).message, "verified");
    request.headers.add("X-Amz-Acl", "private");
    EXPECT_EQ(verified(request).message, "verified");
    request.headers.set("x-amz-acl", "public-read");
    EXPECT_EQ(verified(request).code, "SignatureDoesNotMatch");
    request.headers.remove("x-amz-acl");
    request.headers.add("x-amz-copy-source", "/photos/secret");
    EXPECT_EQ(verified(request).code, "SignatureDoesNotMatch");
}

class ChangedV2 : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ChangedV2, IsRefused) {
    std::string url = url_of_a_key;
    const auto at = url.find(GetParam().first);
    ASSERT_NE(at, std::string::npos);
    url.replace(at, std::string_view(GetParam().first).size(), GetParam().second);
    EXPECT_EQ(verified(test::request_of(Method::get, url)).code, "SignatureDoesNotMatch");
}

INSTANTIATE_TEST_SUITE_P(All,
                         ChangedV2,
                         testing::Values(std::pair("a%20b", "a%20c"),
                                         std::pair("/photos/", "/photos//"),
                                         std::pair("Expires=1795262400", "Expires=1795262401"),
                                         std::pair("jpg?", "jpg?acl&"),
                                         std::pair("jpg?", "jpg?attributes&"),
                                         std::pair("jpg?", "jpg?publicAccessBlock&"),
                                         std::pair("jpg?", "jpg?x-amz-storage-class=GLACIER&"),
                                         std::pair("jpg?", "jpg?response-content-type=a&")));

TEST(VerifyV2, ExpiresAtItsTime) {
    const http::Request request = test::request_of(Method::get, url_of_a_key);
    const Error error = verified(request, test::example_credentials(), expiry);
    EXPECT_EQ(error.code, "AccessDenied");
    EXPECT_EQ(error.message, "Request has expired");
}

TEST(VerifyV2, SecurityTokenBelongsToTheKey) {
    const http::Request request = test::request_of(
        Method::get,
        "http://127.0.0.1:9000/photos/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature="
        "AyOADRLumPOfOQMXGuFWwgO5tpk%3D&x-amz-security-token=TOKEN%2F%2B%3D&Expires=1795262400");
    EXPECT_EQ(verified(request).code, "InvalidToken");
    Credentials temporary = test::example_credentials();
    temporary.session_token = "TOKEN/+=";
    EXPECT_EQ(verified(request, temporary).message, "verified");
    temporary.expires_at = expiry - std::chrono::seconds(1);
    EXPECT_EQ(verified(request, temporary).code, "ExpiredToken");
}

TEST(ClaimV2, EachParameterIsNeeded) {
    for (const char* query : {"AWSAccessKeyId=A&Signature=s", "AWSAccessKeyId=A&Expires=1",
                              "Signature=s&Expires=1", "AWSAccessKeyId=A&Signature=s&Expires=1h",
                              "AWSAccessKeyId=A&Signature=s&Expires=99999999999999999999",
                              "AWSAccessKeyId=A&Signature=s&Expires=9999999999999"}) {
        const auto claim =
            parse_authorization(test::request_to(Method::get, std::string("/b/k?") + query));
        ASSERT_FALSE(claim) << query;
        EXPECT_EQ(claim.error().code, "AccessDenied") << query;
    }
}

TEST(ClaimV2, OneWayToSignIsEnough) {
    http::Request request = test::request_of(Method::get, url_of_a_key);
    request.headers.add("Authorization", "AWS4-HMAC-SHA256 Credential=A");
    EXPECT_EQ(verified(request).code, "InvalidArgument");
}

TEST(ClaimV2, SignedChunksNeedVersion4) {
    http::Request request = test::request_of(Method::put, url_of_a_key);
    request.headers.add("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
    EXPECT_EQ(verified(request).code, "InvalidRequest");
    request.headers.set("x-amz-content-sha256", "nothing known");
    EXPECT_EQ(verified(request).code, "InvalidArgument");
}

}  // namespace
}  // namespace slipway::s3
