// SPDX-License-Identifier: Apache-2.0
#include "objects/running_checksum.h"
#include "s3/limits.h"
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using objects::ChecksumAlgorithm;

class PutObject : public GatewayTest {};

TEST_F(PutObject, AnswersEtagAndChecksumOnceItIsStored) {
    const Answer answer = put("a.txt", "hello");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("ETag"), "\"5d41402abc4b2a76b9719d911017c592\"");
    EXPECT_EQ(answer.header("x-amz-checksum-crc64nvme"),
              objects::checksum_of(ChecksumAlgorithm::crc64nvme, "hello").value);
    EXPECT_EQ(answer.header("x-amz-checksum-type"), "FULL_OBJECT");
    EXPECT_EQ(answer.header("x-amz-request-id"), "0123456789ABCDEF");
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(get("a.txt").body, "hello");
}

TEST_F(PutObject, EmptyObject) {
    EXPECT_EQ(put("empty", "").status, 200);
    const Answer answer = head("empty");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.head_content_length, 0);
}

class PutObjectKey : public GatewayTest, public testing::WithParamInterface<std::string> {};

TEST_P(PutObjectKey, ComesBackAsItWasSent) {
    const std::string& key = GetParam();
    ASSERT_EQ(put(key, "bytes of " + key).status, 200);
    EXPECT_EQ(get(key).body, "bytes of " + key);
    objects::ListRequest all;
    all.bucket = "photos";
    const auto listed = test::run(store.list(all));
    ASSERT_EQ(listed->objects.size(), 1);
    EXPECT_EQ(listed->objects[0].key, key);
    EXPECT_EQ(send(http::Method::delete_, path(key)).status, 204);
    EXPECT_EQ(get(key).code(), "NoSuchKey");
}

INSTANTIATE_TEST_SUITE_P(
    Hostile,
    PutObjectKey,
    testing::Values("plain",
                    "with space",
                    "1+2=3",
                    "a%2Fb",
                    "100%",
                    "a//b",
                    "/leading",
                    "trailing/",
                    "../up/./down",
                    "quotes\"'`",
                    "q?u&e=r#y",
                    "a;b:c@d,e$f!g*h(i)j",
                    "<xml>&amp;",
                    "\xc3\xbc"
                    "mlaut",
                    "u\xcc\x88"
                    "mlaut decomposed",
                    "\xf0\x9f\x8e\x89\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80",
                    "tab\tand\nnewline",
                    std::string(1024, 'k')));

TEST_F(PutObject, KeyOverTheLimitIsRefusedBeforeAnythingElse) {
    const Answer answer =
        send_raw(request(http::Method::put, path(std::string(1025, 'k'))), "hello");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "KeyTooLongError");
    EXPECT_EQ(reads, 0);
}

TEST_F(PutObject, KeyThatIsNotUtf8IsRefused) {
    const Answer answer = send(http::Method::put, "/photos/%ff%fe", {}, "hello");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "InvalidArgument");
}

TEST_F(PutObject, ContentHeadersComeBack) {
    const Pairs said = {{"Content-Type", "image/png; charset=x"},
                        {"Cache-Control", "max-age=60"},
                        {"Content-Disposition", "attachment; filename=\"a.png\""},
                        {"Content-Encoding", "gzip"},
                        {"Content-Language", "de"},
                        {"Expires", "Sat, 21 Nov 2026 12:00:00 GMT"}};
    put("a.png", "hello", said);
    const Answer answer = get("a.png");
    for (const auto& [name, value] : said) {
        EXPECT_EQ(answer.header(name), value) << name;
    }
}

TEST_F(PutObject, TypeIsOctetStreamUnlessSaid) {
    put("a", "hello");
    EXPECT_EQ(get("a").header("Content-Type"), "binary/octet-stream");
}

TEST_F(PutObject, UserMetadataComesBackInLowerCase) {
    put("a", "hello",
        {{"x-amz-meta-Camera", "K 1000"},
         {"X-Amz-Meta-title", "Gr\xc3\xbc\xc3\x9f"},
         {"x-amz-meta-empty", ""}});
    const Answer answer = head("a");
    std::vector<std::string> names;
    for (const http::Header& header : answer.headers) {
        names.push_back(header.name);
    }
    EXPECT_THAT(names, testing::IsSupersetOf(
                           {"x-amz-meta-camera", "x-amz-meta-title", "x-amz-meta-empty"}));
    EXPECT_EQ(answer.header("x-amz-meta-camera"), "K 1000");
    EXPECT_EQ(answer.header("x-amz-meta-title"), "Gr\xc3\xbc\xc3\x9f");
}

TEST_F(PutObject, UserMetadataOfOneNameIsOneList) {
    put("a", "hello", {{"x-amz-meta-k", "1"}, {"x-amz-meta-k", "2"}});
    EXPECT_EQ(head("a").header("x-amz-meta-k"), "1,2");
}

TEST_F(PutObject, UserMetadataMayHaveTwoKibibytes) {
    // The name counts too, without its prefix.
    const std::string fits(s3::user_metadata_bytes_max - 1, 'v');
    EXPECT_EQ(put("a", "hello", {{"x-amz-meta-k", fits}}).status, 200);
    const Answer refused = put("b", "hello", {{"x-amz-meta-k", fits + "v"}});
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.code(), "MetadataTooLarge");
    EXPECT_EQ(reads, 0);
    EXPECT_EQ(head("b").status, 404);
}

TEST_F(PutObject, StorageClassIsKeptAndShownUnlessStandard) {
    put("cold", "hello", {{"x-amz-storage-class", "GLACIER"}});
    put("warm", "hello", {{"x-amz-storage-class", "STANDARD"}});
    EXPECT_EQ(head("cold").header("x-amz-storage-class"), "GLACIER");
    EXPECT_FALSE(head("warm").headers.has("x-amz-storage-class"));
}

TEST_F(PutObject, UnknownStorageClassIsRefusedUnread) {
    const Answer answer = put("a", "hello", {{"x-amz-storage-class", "FREEZER"}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "InvalidStorageClass");
    EXPECT_EQ(reads, 0);
}

TEST_F(PutObject, ContentMd5IsVerified) {
    EXPECT_EQ(put("a", "hello", {{"Content-MD5", "XUFAKrxLKna5cZ2REBfFkg=="}}).status, 200);
    const Answer wrong = put("b", "hello", {{"Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="}});
    EXPECT_EQ(wrong.status, 400);
    EXPECT_EQ(wrong.code(), "BadDigest");
    const Answer no_md5 = put("c", "hello", {{"Content-MD5", "5d41402abc4b2a76"}});
    EXPECT_EQ(no_md5.status, 400);
    EXPECT_EQ(no_md5.code(), "InvalidDigest");
    EXPECT_EQ(head("b").status, 404);
}

class PutObjectChecksum : public GatewayTest,
                          public testing::WithParamInterface<ChecksumAlgorithm> {};

TEST_P(PutObjectChecksum, IsVerifiedKeptAndToldToThoseWhoAsk) {
    const auto right = objects::checksum_of(GetParam(), "hello");
    const auto other = objects::checksum_of(GetParam(), "hallo");
    const std::string name(objects::header_name(GetParam()));
    const std::string word(objects::to_string(GetParam()));

    const Answer stored =
        put("a", "hello", {{name, right.value}, {"x-amz-sdk-checksum-algorithm", word}});
    EXPECT_EQ(stored.status, 200);
    EXPECT_EQ(stored.header(name), right.value);
    EXPECT_FALSE(head("a").headers.has(name));
    EXPECT_EQ(head("a", {{"x-amz-checksum-mode", "ENABLED"}}).header(name), right.value);
    const Answer read = get("a", {{"x-amz-checksum-mode", "ENABLED"}});
    EXPECT_EQ(read.header(name), right.value);
    EXPECT_EQ(read.header("x-amz-checksum-type"), "FULL_OBJECT");
    EXPECT_FALSE(
        get("a", {{"x-amz-checksum-mode", "ENABLED"}, {"Range", "bytes=0-1"}}).headers.has(name));

    const Answer refused = put("b", "hello", {{name, other.value}});
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.code(), "BadDigest");
    EXPECT_EQ(head("b").status, 404);
}

INSTANTIATE_TEST_SUITE_P(All,
                         PutObjectChecksum,
                         testing::Values(ChecksumAlgorithm::crc32,
                                         ChecksumAlgorithm::crc32c,
                                         ChecksumAlgorithm::crc64nvme,
                                         ChecksumAlgorithm::sha1,
                                         ChecksumAlgorithm::sha256));

TEST_F(PutObject, AChecksumThatIsNoneMatchesNothing) {
    for (const char* value : {"not base64", "bad", "rosUhgp5mIg="}) {
        const Answer answer = put("a", "hello", {{"x-amz-checksum-crc32", value}});
        EXPECT_EQ(answer.status, 400) << value;
        EXPECT_EQ(answer.code(), "BadDigest") << value;
        EXPECT_EQ(reads, 0);
    }
    EXPECT_EQ(head("a").status, 404);
}

class PutObjectBadChecksum : public GatewayTest, public testing::WithParamInterface<Pairs> {};

TEST_P(PutObjectBadChecksum, IsRefusedUnread) {
    const Answer answer = put("a", "hello", GetParam());
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "InvalidRequest");
    EXPECT_EQ(reads, 0);
    EXPECT_EQ(head("a").status, 404);
}

INSTANTIATE_TEST_SUITE_P(All,
                         PutObjectBadChecksum,
                         testing::Values(Pairs{{"x-amz-checksum-crc32", "NhCmhg=="},
                                               {"x-amz-checksum-crc32c", "mnG7TA=="}},
                                         Pairs{{"x-amz-sdk-checksum-algorithm", "CRC32"}},
                                         Pairs{{"x-amz-sdk-checksum-algorithm", "MD4"}},
                                         Pairs{{"x-amz-sdk-checksum-algorithm", "SHA1"},
                                               {"x-amz-checksum-crc32", "NhCmhg=="}}));

TEST_F(PutObject, SignedPayloadHashIsVerified) {
    http::Request made = request(http::Method::put, path("a"));
    sign(made, codec::hex_encode(codec::sha256("hello")));
    const Answer answer = send_raw(made, "hallo");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "XAmzContentSHA256Mismatch");
    EXPECT_EQ(head("a").status, 404);
}

TEST_F(PutObject, LengthIsRequired) {
    http::Request made = request(http::Method::put, path("a"));
    sign(made);
    WatchedBody body("");
    const Answer answer = handle(made, body);
    EXPECT_EQ(answer.status, 411);
    EXPECT_EQ(answer.code(), "MissingContentLength");
}

TEST_F(PutObject, ChunkedTransferIsNotImplemented) {
    http::Request made = request(http::Method::put, path("a"), {{"Transfer-Encoding", "chunked"}});
    sign(made);
    made.content_length = std::nullopt;
    WatchedBody body("hello");
    body.set_size(std::nullopt);
    const Answer answer = handle(made, body);
    EXPECT_EQ(answer.status, 501);
    EXPECT_EQ(answer.code(), "NotImplemented");
    EXPECT_THAT(answer.body, testing::HasSubstr("Transfer-Encoding"));
    EXPECT_EQ(reads, 0);
}

TEST_F(PutObject, OverFiveGibibytesIsRefusedUnread) {
    http::Request made = request(http::Method::put, path("a"));
    sign(made);
    made.content_length = s3::single_put_bytes_max + 1;
    made.headers.add("Content-Length", std::to_string(*made.content_length));
    WatchedBody body("hello");
    body.set_size(made.content_length);
    const Answer answer = handle(made, body);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "EntityTooLarge");
    EXPECT_EQ(reads, 0);
}

TEST_F(PutObject, ShortBodyIsNotStored) {
    http::Request made = request(http::Method::put, path("a"), {{"Content-Length", "10"}});
    sign(made);
    made.content_length = 10;
    WatchedBody body("hello");
    body.set_size(10);
    const Answer answer = handle(made, body);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "IncompleteBody");
    EXPECT_EQ(head("a").status, 404);
}

TEST_F(PutObject, ConditionsKeepFromOverwriting) {
    const std::string etag = put("a", "first").header("ETag");
    const Answer refused = put("a", "second", {{"If-None-Match", "*"}});
    EXPECT_EQ(refused.status, 412);
    EXPECT_EQ(refused.code(), "PreconditionFailed");
    EXPECT_EQ(put("b", "new", {{"If-None-Match", "*"}}).status, 200);
    EXPECT_EQ(put("a", "second", {{"If-Match", "\"0123\""}}).status, 412);
    EXPECT_EQ(get("a").body, "first");
    EXPECT_EQ(put("a", "second", {{"If-Match", etag}}).status, 200);
    EXPECT_EQ(put("nothing", "x", {{"If-Match", etag}}).code(), "NoSuchKey");
}

TEST_F(PutObject, MissingBucketIsNamed) {
    const Answer answer = send(http::Method::put, "/nowhere/a", {}, "hello");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.code(), "NoSuchBucket");
    EXPECT_EQ(answer.element("BucketName"), "nowhere");
}

TEST_F(PutObject, AwsChunkedIsNoEncodingOfTheObject) {
    put("a", "hello", {{"Content-Encoding", "gzip"}});
    put("b", "hello", {{"Content-Encoding", "aws-chunked, gzip"}});
    put("c", "hello", {{"Content-Encoding", "aws-chunked, aws-chunked"}});
    put("d", "hello", {{"Content-Encoding", "deflate, gzip"}});
    EXPECT_EQ(head("a").header("Content-Encoding"), "gzip");
    EXPECT_EQ(head("b").header("Content-Encoding"), "gzip");
    EXPECT_FALSE(head("c").headers.has("Content-Encoding"));
    EXPECT_EQ(head("d").header("Content-Encoding"), "deflate, gzip");
}

}  // namespace
}  // namespace slipway::gateway
