// SPDX-License-Identifier: Apache-2.0
// Who may ask: the steps before an operation, and that no byte of the body is read before them.
#include "gateway/gateway.h"

#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;

class Authentication : public GatewayTest {
  protected:
    /// Refused with that status and code, before the body was read; nothing is stored.
    void expect_refused(const Answer& answer, int status, std::string_view code) {
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(answer.code(), code) << answer.body;
        EXPECT_EQ(reads, 0);
        EXPECT_EQ(answer.body.find(secret), std::string::npos);
        EXPECT_EQ(head("a").status, 404);
    }
};

TEST_F(Authentication, AnonymousIsRefused) {
    expect_refused(send_raw(request(Method::put, path("a")), "hello"), 403, "AccessDenied");
    EXPECT_EQ(send_raw(request(Method::get, "/")).status, 403);
    EXPECT_EQ(send_raw(request(Method::get, "/photos")).status, 403);
    EXPECT_EQ(send_raw(request(Method::head, path("a"))).status, 403);
}

TEST_F(Authentication, WrongSecretIsRefused) {
    http::Request made = request(Method::put, path("a"));
    const s3::Signer stranger(credentials(key_id, "guess"), "us-east-1");
    ASSERT_TRUE(stranger.sign(made, s3::unsigned_payload_hash, clock.time));
    expect_refused(send_raw(made, "hello"), 403, "SignatureDoesNotMatch");
}

TEST_F(Authentication, UnknownKeyIsNamed) {
    http::Request made = request(Method::put, path("a"));
    const s3::Signer stranger(credentials("AKIDSTRANGER", secret), "us-east-1");
    ASSERT_TRUE(stranger.sign(made, s3::unsigned_payload_hash, clock.time));
    const Answer answer = send_raw(made, "hello");
    EXPECT_EQ(answer.element("AWSAccessKeyId"), "AKIDSTRANGER");
    expect_refused(answer, 403, "InvalidAccessKeyId");
}

TEST_F(Authentication, SkewedClockIsToldTheTime) {
    http::Request made = request(Method::put, path("a"));
    sign(made);
    clock.time += std::chrono::minutes(16);
    const Answer answer = send_raw(made, "hello");
    EXPECT_EQ(answer.element("RequestTime"), "20261121T120000Z");
    EXPECT_EQ(answer.element("ServerTime"), "2026-11-21T12:16:00Z");
    EXPECT_EQ(answer.element("MaxAllowedSkewMilliseconds"), "900000");
    expect_refused(answer, 403, "RequestTimeTooSkewed");
}

TEST_F(Authentication, OtherRegionIsToldTheRightOne) {
    http::Request made = request(Method::put, path("a"));
    const s3::Signer elsewhere(credentials(key_id, secret), "eu-west-1");
    ASSERT_TRUE(elsewhere.sign(made, s3::unsigned_payload_hash, clock.time));
    const Answer answer = send_raw(made, "hello");
    EXPECT_EQ(answer.element("Region"), "us-east-1");
    expect_refused(answer, 400, "AuthorizationHeaderMalformed");
}

TEST_F(Authentication, ChangedTargetIsRefused) {
    http::Request made = request(Method::put, path("b"));
    sign(made);
    made.target = path("a");
    expect_refused(send_raw(made, "hello"), 403, "SignatureDoesNotMatch");
}

TEST_F(Authentication, ChangedHeaderIsRefused) {
    http::Request made = request(Method::put, path("a"), {{"x-amz-storage-class", "GLACIER"}});
    sign(made);
    made.headers.set("x-amz-storage-class", "STANDARD");
    expect_refused(send_raw(made, "hello"), 403, "SignatureDoesNotMatch");
}

TEST_F(Authentication, AddedAmazonHeaderIsRefused) {
    http::Request made = request(Method::put, path("a"));
    sign(made);
    made.headers.add("x-amz-copy-source", "/photos/secret");
    expect_refused(send_raw(made, "hello"), 403, "AccessDenied");
}

TEST_F(Authentication, ReadingKeyMayOnlyRead) {
    put("b", "hello");
    const s3::Signer reader(credentials("AKIDREADER", "reader"), "us-east-1");
    const auto send_as_reader = [&](Method method, std::string target) {
        http::Request made = request(method, std::move(target));
        EXPECT_TRUE(reader.sign(made, s3::unsigned_payload_hash, clock.time));
        return send_raw(made);
    };
    EXPECT_EQ(send_as_reader(Method::get, path("b")).body, "hello");
    EXPECT_EQ(send_as_reader(Method::get, "/photos").status, 200);
    for (const auto& [method, target] :
         {std::pair(Method::put, path("a")), std::pair(Method::delete_, path("b")),
          std::pair(Method::put, std::string("/other")),
          std::pair(Method::delete_, std::string("/photos")),
          std::pair(Method::post, std::string("/photos?delete"))}) {
        const Answer answer = send_as_reader(method, target);
        EXPECT_EQ(answer.status, 403) << target;
        EXPECT_EQ(answer.code(), "AccessDenied");
    }
    EXPECT_EQ(get("b").body, "hello");
}

class Presigned : public Authentication {};

TEST_F(Presigned, PutAndGet) {
    EXPECT_EQ(send_raw(request(Method::put, presign(Method::put, "a b+c")), "hello").status, 200);
    EXPECT_EQ(send_raw(request(Method::get, presign(Method::get, "a b+c"))).body, "hello");
    EXPECT_EQ(send_raw(request(Method::head, presign(Method::head, "a b+c"))).head_content_length,
              5);
}

TEST_F(Presigned, AllowsOneMethodOnly) {
    expect_refused(send_raw(request(Method::put, presign(Method::get, "a")), "hello"), 403,
                   "SignatureDoesNotMatch");
}

TEST_F(Presigned, ExpiredSaysWhen) {
    const std::string target = presign(Method::put, "a");
    clock.time += std::chrono::seconds(3600);
    const Answer answer = send_raw(request(Method::put, target), "hello");
    EXPECT_EQ(answer.element("Message"), "Request has expired");
    EXPECT_EQ(answer.element("X-Amz-Expires"), "3600");
    EXPECT_EQ(answer.element("Expires"), "2026-11-21T13:00:00Z");
    EXPECT_EQ(answer.element("ServerTime"), "2026-11-21T13:00:00Z");
    expect_refused(answer, 403, "AccessDenied");
}

class PresignedTampered : public Presigned,
                          public testing::WithParamInterface<std::pair<const char*, const char*>> {
};

TEST_P(PresignedTampered, IsRefused) {
    std::string target = presign(Method::put, "a", {{"x-amz-storage-class", "GLACIER"}});
    const auto at = target.find(GetParam().first);
    ASSERT_NE(at, std::string::npos);
    target.replace(at, std::string_view(GetParam().first).size(), GetParam().second);
    expect_refused(send_raw(request(Method::put, target), "hello"), 403, "SignatureDoesNotMatch");
}

INSTANTIATE_TEST_SUITE_P(All,
                         PresignedTampered,
                         testing::Values(std::pair("X-Amz-Expires=3600", "X-Amz-Expires=604800"),
                                         std::pair("x-amz-storage-class=GLACIER",
                                                   "x-amz-storage-class=STANDARD"),
                                         std::pair("&x-amz-storage-class=GLACIER", ""),
                                         std::pair("/photos/a?", "/photos/a?x-amz-meta-a=b&"),
                                         std::pair("/photos/a?", "/photos/a?acl&"),
                                         std::pair("/photos/a?", "/photos//a?")));

TEST_F(Presigned, QueryCountsAsHeaders) {
    const Answer stored =
        send_raw(request(Method::put, presign(Method::put, "a",
                                              {{"X-Amz-Storage-Class", "GLACIER"},
                                               {"x-amz-meta-Title", "a b"},
                                               {"x-amz-checksum-crc32", "NhCmhg=="}})),
                 "hello");
    EXPECT_EQ(stored.status, 200) << stored.body;
    EXPECT_EQ(stored.header("x-amz-checksum-crc32"), "NhCmhg==");
    const Answer found = head("a");
    EXPECT_EQ(found.header("x-amz-storage-class"), "GLACIER");
    EXPECT_EQ(found.header("x-amz-meta-title"), "a b");
    const Answer other = send_raw(
        request(Method::put, presign(Method::put, "b", {{"x-amz-checksum-crc32", "NhCmhg=="}})),
        "hallo");
    EXPECT_EQ(other.code(), "BadDigest");
}

TEST_F(Presigned, QueryOfASignedHeaderRequestIsNoHeader) {
    ASSERT_EQ(send(Method::put, "/photos/a?x-amz-meta-title=x", {}, "hello").status, 200);
    EXPECT_FALSE(head("a").headers.has("x-amz-meta-title"));
}

TEST_F(Presigned, MetadataFromTheQueryCannotBreakOutOfItsHeader) {
    expect_refused(
        send_raw(request(Method::put,
                         presign(Method::put, "a", {{"x-amz-meta-a", "b\r\nSet-Cookie: c=d"}})),
                 "hello"),
        400, "InvalidArgument");
    expect_refused(
        send_raw(request(Method::put, presign(Method::put, "a", {{"x-amz-meta-a: b\r\nc", "d"}})),
                 "hello"),
        400, "InvalidArgument");
}

/// As the JavaScript SDK presigns a PUT: with the checksum of the body it does not have.
TEST_F(Presigned, ChecksumOfAnAbsentBodyIsIgnored) {
    const auto target =
        presign(Method::put, "a",
                {{"x-amz-checksum-crc32", "AAAAAA=="}, {"x-amz-sdk-checksum-algorithm", "CRC32"}});
    EXPECT_EQ(send_raw(request(Method::put, target), "hello").status, 200);
    EXPECT_EQ(get("a").body, "hello");
}

// What the signer bound is enforced: length, type, checksum, storage class.
class PresignedBound : public Presigned {
  protected:
    const std::string target_ = presign(Method::put,
                                        "a",
                                        {},
                                        {{"content-length", "5"},
                                         {"content-type", "image/png"},
                                         {"x-amz-checksum-crc32", "NhCmhg=="},
                                         {"x-amz-storage-class", "GLACIER"}});
    const Pairs headers_ = {{"Content-Type", "image/png"},
                            {"x-amz-checksum-crc32", "NhCmhg=="},
                            {"x-amz-storage-class", "GLACIER"}};
};

TEST_F(PresignedBound, RightRequestIsStored) {
    EXPECT_EQ(send_raw(request(Method::put, target_, headers_), "hello").status, 200);
    EXPECT_EQ(head("a").header("x-amz-storage-class"), "GLACIER");
}

TEST_F(PresignedBound, OtherLengthIsRefused) {
    expect_refused(send_raw(request(Method::put, target_, headers_), "hell"), 403,
                   "SignatureDoesNotMatch");
    expect_refused(send_raw(request(Method::put, target_, headers_), "hello!"), 403,
                   "SignatureDoesNotMatch");
}

TEST_F(PresignedBound, OtherHeaderIsRefused) {
    for (std::size_t i = 0; i < headers_.size(); ++i) {
        Pairs changed = headers_;
        changed[i].second = i == 0 ? "text/html" : i == 1 ? "AAAAAA==" : "STANDARD";
        expect_refused(send_raw(request(Method::put, target_, changed), "hello"), 403,
                       "SignatureDoesNotMatch");
        Pairs missing = headers_;
        missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(i));
        expect_refused(send_raw(request(Method::put, target_, missing), "hello"), 403,
                       "SignatureDoesNotMatch");
    }
}

TEST_F(PresignedBound, OtherBytesOfTheSameLengthAreRefused) {
    const Answer answer = send_raw(request(Method::put, target_, headers_), "hallo");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "BadDigest");
    EXPECT_EQ(head("a").status, 404);
}

class Limits : public GatewayTest {};

TEST_F(Limits, BadNamesAreRefusedBeforeTheSignatureIsLookedAt) {
    EXPECT_EQ(send_raw(request(Method::get, "/NoBucket/a")).code(), "InvalidBucketName");
    EXPECT_EQ(send_raw(request(Method::get, "/ab")).code(), "InvalidBucketName");
    EXPECT_EQ(send_raw(request(Method::get, "/photos/%zz")).code(), "InvalidURI");
}

/// Answers every PUT with one failure.
class FailingStore final : public test::MemoryStore {
  public:
    FailingStore(const Clock& clock, Error error) : MemoryStore(clock), error_(std::move(error)) {}
    Task<objects::ObjectInfo> put(const objects::PutRequest&, BodyReader&) override {
        co_return fail(error_);
    }

  private:
    const Error error_;
};

class StoreFailure : public GatewayTest {
  protected:
    Answer put_into_failing(ErrorKind kind) {
        FailingStore failing(clock,
                             Error{kind, "write /var/lib/slipway/objects/17: errno 28", "", 0});
        Gateway gateway(failing, keys, options, clock);
        http::Request made = request(Method::put, path("a"), {{"Content-Length", "5"}});
        sign(made);
        made.content_length = 5;
        WatchedBody body("hello");
        http::Response response = test::run(gateway.handle(made, body));
        return Answer{response.status, response.headers, std::get<std::string>(response.body), {}};
    }
};

TEST_F(StoreFailure, FullDiskIs507WithoutPaths) {
    const Answer answer = put_into_failing(ErrorKind::no_space);
    EXPECT_EQ(answer.status, 507);
    EXPECT_EQ(answer.code(), "QuotaExceeded");
    EXPECT_EQ(answer.body.find("/var/lib"), std::string::npos);
}

TEST_F(StoreFailure, OtherFailuresAreServerErrorsThatClientsRepeat) {
    EXPECT_EQ(put_into_failing(ErrorKind::io).code(), "InternalError");
    EXPECT_EQ(put_into_failing(ErrorKind::io).status, 500);
    EXPECT_EQ(put_into_failing(ErrorKind::unavailable).code(), "ServiceUnavailable");
    EXPECT_EQ(put_into_failing(ErrorKind::throttled).code(), "SlowDown");
    EXPECT_EQ(put_into_failing(ErrorKind::throttled).status, 503);
}

}  // namespace
}  // namespace slipway::gateway
