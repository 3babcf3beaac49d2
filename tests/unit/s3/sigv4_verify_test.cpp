// SPDX-License-Identifier: Apache-2.0
#include "s3/sigv4.h"
#include "unit/s3/sigv4_fixture.h"

#include <gtest/gtest.h>

#include <array>

namespace slipway::s3 {
namespace {

using namespace std::chrono_literals;
using test::at;
using test::example_credentials;
using test::request_of;
using test::request_to;

const Time now = at("20261121T050000Z");
const Secret secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

/// What a server says to the request: an S3 code, or "" for yes.
std::string verdict(const http::Request& request, Time time = now, std::string_view region = {}) {
    const auto claim = parse_authorization(request);
    if (!claim) {
        return claim.error().code;
    }
    const auto verified = verify(request, *claim, secret, time, region);
    return verified ? "" : verified.error().code;
}

http::Request signed_put() {
    http::Request request =
        request_to(http::Method::put, "/photos/a%20b.jpg?x-id=PutObject&tagging");
    request.headers.add("Content-Type", "image/jpeg");
    request.headers.add("x-amz-meta-title", "  two   spaces ");
    request.headers.add("X-Amz-Meta-List", "1");
    request.headers.add("x-amz-meta-list", "2");
    const Signer signer(example_credentials(), "us-east-1");
    EXPECT_TRUE(signer.sign(request, unsigned_payload_hash, now));
    return request;
}

std::string presigned_url(std::span<const NameValue> headers = {}) {
    const Signer signer(example_credentials(), "us-east-1");
    PresignRequest request;
    request.scheme_and_host = "http://127.0.0.1:9000";
    request.path_prefix = "/photos";
    request.key = "a b/\u00fc+%2F//\"'\U0001f600.jpg";
    request.headers = headers;
    request.expires_in = 1h;
    return signer.presign(request, now).value();
}

void replace(std::string& text, std::string_view from, std::string_view to) {
    const auto found = text.find(from);
    ASSERT_NE(found, std::string::npos) << from;
    text.replace(found, from.size(), to);
}

TEST(Verify, AcceptsWhatSignMakes) {
    EXPECT_EQ(verdict(signed_put()), "");
    const auto claim = parse_authorization(signed_put()).value();
    EXPECT_EQ(claim.access_key_id, "AKIAIOSFODNN7EXAMPLE");
    EXPECT_EQ(claim.scope, (Scope{"20261121", "us-east-1", "s3"}));
    EXPECT_EQ(claim.date, now);
    EXPECT_FALSE(claim.presigned);
    EXPECT_EQ(claim.payload_kind, PayloadKind::unsigned_payload);
}

TEST(Verify, AnyChangeBreaksIt) {
    const auto changed = [](auto change) {
        http::Request request = signed_put();
        change(request);
        return verdict(request);
    };
    EXPECT_EQ(changed([](auto& r) { r.method = http::Method::delete_; }), "SignatureDoesNotMatch");
    EXPECT_EQ(changed([](auto& r) { replace(r.target, "a%20b", "a%20c"); }),
              "SignatureDoesNotMatch");
    EXPECT_EQ(changed([](auto& r) { r.target += "&acl"; }), "SignatureDoesNotMatch");
    EXPECT_EQ(changed([](auto& r) { r.headers.set("host", "evil"); }), "SignatureDoesNotMatch");
    EXPECT_EQ(changed([](auto& r) { r.headers.set("content-type", "text/html"); }),
              "SignatureDoesNotMatch");
    EXPECT_EQ(changed([](auto& r) { r.headers.remove("content-type"); }), "SignatureDoesNotMatch");
    EXPECT_EQ(changed([](auto& r) { r.headers.add("x-amz-meta-list", "3"); }),
              "SignatureDoesNotMatch");
    EXPECT_EQ(changed([](auto& r) { r.headers.set("x-amz-date", "20261121T050001Z"); }),
              "SignatureDoesNotMatch");
    EXPECT_EQ(changed([](auto& r) {
                  r.headers.set("x-amz-content-sha256", std::string(empty_payload_hash));
              }),
              "SignatureDoesNotMatch");
    EXPECT_EQ(changed([](auto& r) { r.headers.add("x-amz-copy-source", "/other/key"); }),
              "AccessDenied");
    EXPECT_EQ(changed([](auto& r) { r.headers.add("user-agent", "unsigned, so free"); }), "");
}

TEST(Verify, WhiteSpaceInAHeaderAndOrderInAQueryDoNotMatter) {
    http::Request request = signed_put();
    request.headers.set("x-amz-meta-title", "two spaces");
    request.target = "/photos/a%20b.jpg?tagging=&x-id=PutObject";
    EXPECT_EQ(verdict(request), "");
}

TEST(Verify, TheClockMayBeAQuarterOfAnHourOff) {
    EXPECT_EQ(verdict(signed_put(), now + 15min), "");
    EXPECT_EQ(verdict(signed_put(), now - 15min), "");
    EXPECT_EQ(verdict(signed_put(), now + 15min + 1s), "RequestTimeTooSkewed");
    EXPECT_EQ(verdict(signed_put(), now - 15min - 1s), "RequestTimeTooSkewed");
}

TEST(Verify, AnotherSecretRegionOrServiceIsRefused) {
    const http::Request request = signed_put();
    const Claim claim = parse_authorization(request).value();
    EXPECT_EQ(verify(request, claim, Secret("other"), now).error().code, "SignatureDoesNotMatch");
    EXPECT_EQ(verdict(request, now, "us-east-1"), "");
    const auto elsewhere = verify(request, claim, secret, now, "eu-west-1");
    EXPECT_EQ(elsewhere.error().code, "AuthorizationHeaderMalformed");
    EXPECT_EQ(elsewhere.error().message,
              "The authorization header is malformed; the region 'us-east-1' is wrong; expecting "
              "'eu-west-1'");
    Claim other_service = claim;
    other_service.scope.service = "ec2";
    EXPECT_EQ(verify(request, other_service, secret, now).error().code,
              "AuthorizationHeaderMalformed");
}

TEST(Verify, HostMustBeSigned) {
    http::Request request = signed_put();
    Claim claim = parse_authorization(request).value();
    std::erase(claim.signed_headers, "host");
    EXPECT_EQ(verify(request, claim, secret, now).error().code, "AccessDenied");
}

TEST(Verify, AcceptsAPathSignedAsSent) {
    // Some clients sign "(", "!" or "%2f" as they send them, and not re-encoded.
    http::Request request = request_to(http::Method::get, "/photos/a(1)%2fb.jpg");
    request.headers.add("x-amz-date", "20261121T050000Z");
    request.headers.add("x-amz-content-sha256", std::string(unsigned_payload_hash));
    std::array headers = {NameValue{"host", "127.0.0.1:9000"},
                          NameValue{"x-amz-content-sha256", unsigned_payload_hash},
                          NameValue{"x-amz-date", "20261121T050000Z"}};
    for (const std::string_view path : {"/photos/a(1)%2fb.jpg", "/photos/a%281%29/b.jpg"}) {
        std::string canonical;
        append_canonical_request(canonical, SignableRequest{.method = "GET",
                                                            .path = path,
                                                            .query = {},
                                                            .headers = headers,
                                                            .payload_hash = unsigned_payload_hash});
        std::string signature;
        SigningKey(secret, Scope{.day = "20261121", .region = "us-east-1"})
            .append_signature(signature, canonical, "20261121T050000Z");
        request.headers.set("authorization",
                            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261121/us-east-1/"
                            "s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
                            "Signature=" +
                                signature);
        EXPECT_EQ(verdict(request), "") << path;
    }
}

// --- presigned URLs ------------------------------------------------------------------------------

TEST(VerifyUrl, AcceptsWhatPresignMakesUntilItExpires) {
    const http::Request request = request_of(http::Method::put, presigned_url());
    EXPECT_EQ(verdict(request), "");
    EXPECT_EQ(verdict(request, now + 1h - 1s), "");
    EXPECT_EQ(verdict(request, now - 15min), "");
    const Claim claim = parse_authorization(request).value();
    EXPECT_TRUE(claim.presigned);
    EXPECT_EQ(claim.expires_in, 1h);
    const auto late = verify(request, claim, secret, now + 1h);
    EXPECT_EQ(late.error().code, "AccessDenied");
    EXPECT_EQ(late.error().message, "Request has expired");
    const auto early = verify(request, claim, secret, now - 16min);
    EXPECT_EQ(early.error().code, "AccessDenied");
    EXPECT_EQ(early.error().message, "Request is not yet valid");
}

TEST(VerifyUrl, AnyChangeBreaksIt) {
    const auto changed = [](std::string_view from, std::string_view to) {
        std::string url = presigned_url();
        replace(url, from, to);
        return verdict(request_of(http::Method::put, url));
    };
    EXPECT_EQ(changed("/photos/a", "/photos/b"), "SignatureDoesNotMatch");
    EXPECT_EQ(changed("X-Amz-Expires=3600", "X-Amz-Expires=7200"), "SignatureDoesNotMatch");
    EXPECT_EQ(changed("X-Amz-Date=20261121T050000Z", "X-Amz-Date=20261121T050001Z"),
              "SignatureDoesNotMatch");
    EXPECT_EQ(changed("X-Amz-Signature=", "x-amz-storage-class=GLACIER&X-Amz-Signature="),
              "SignatureDoesNotMatch");
    EXPECT_EQ(verdict(request_of(http::Method::get, presigned_url())), "SignatureDoesNotMatch");
}

TEST(VerifyUrl, SignedHeadersBind) {
    const std::array headers = {NameValue{"content-length", "1234"},
                                NameValue{"content-type", "image/jpeg"}};
    http::Request request = request_of(http::Method::put, presigned_url(headers));
    request.content_length = std::nullopt;
    EXPECT_EQ(verdict(request), "SignatureDoesNotMatch");
    request.headers.add("Content-Length", "1234");
    request.headers.add("Content-Type", "image/jpeg");
    EXPECT_EQ(verdict(request), "");
    request.headers.set("Content-Length", "1235");
    EXPECT_EQ(verdict(request), "SignatureDoesNotMatch");
    // A server may keep the length apart from the headers.
    request.headers.remove("Content-Length");
    request.content_length = 1234;
    EXPECT_EQ(verdict(request), "");
    request.content_length = 1235;
    EXPECT_EQ(verdict(request), "SignatureDoesNotMatch");
}

TEST(VerifyUrl, UnsignedAmzHeadersAreRefused) {
    http::Request request = request_of(http::Method::put, presigned_url());
    request.headers.add("X-Amz-Content-Sha256", std::string(unsigned_payload_hash));
    EXPECT_EQ(verdict(request), "");
    request.headers.add("X-Amz-Copy-Source", "/secret/plans.txt");
    const auto refused = verify(request, parse_authorization(request).value(), secret, now);
    EXPECT_EQ(refused.error().code, "AccessDenied");
    EXPECT_EQ(refused.error().message,
              "There were headers present in the request which were not signed: X-Amz-Copy-Source");
}

// --- a signer verifies its own -------------------------------------------------------------------

TEST(SignerVerify, ChecksRegionTokenAndItsEnd) {
    Credentials credentials = example_credentials();
    credentials.session_token = "token";
    credentials.expires_at = now + 1h;
    const Signer signer(credentials, "us-east-1");
    http::Request request = request_to(http::Method::get, "/photos/k");
    ASSERT_TRUE(signer.sign(request, empty_payload_hash, now));
    const Claim claim = parse_authorization(request).value();
    EXPECT_EQ(claim.session_token, "token");
    EXPECT_TRUE(signer.verify(request, claim, now));

    const Signer elsewhere(credentials, "eu-west-1");
    EXPECT_EQ(elsewhere.verify(request, claim, now).error().code, "AuthorizationHeaderMalformed");
    credentials.expires_at = now;
    const Signer ended(credentials, "us-east-1");
    EXPECT_EQ(ended.verify(request, claim, now).error().code, "ExpiredToken");
    const Signer permanent(example_credentials(), "us-east-1");
    EXPECT_EQ(permanent.verify(request, claim, now).error().code, "InvalidToken");
    EXPECT_EQ(signer.verify(request, claim, now + 16min).error().code, "RequestTimeTooSkewed");
}

}  // namespace
}  // namespace slipway::s3
