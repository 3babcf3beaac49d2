// SPDX-License-Identifier: Apache-2.0
#include "codec/base64.h"
#include "objects/running_checksum.h"
#include "unit/gateway/multipart_fixture.h"

namespace slipway::gateway {
namespace {

using objects::ChecksumAlgorithm;

class UploadPart : public MultipartTest {
  protected:
    const std::string id = begin("a");
};

TEST_F(UploadPart, AnswersEtagAndChecksum) {
    const auto crc = objects::checksum_of(ChecksumAlgorithm::crc32c, "hello");
    const std::string with_crc = begin("a", {{"x-amz-checksum-algorithm", "CRC32C"}});
    const Answer answer =
        upload("a", with_crc, "1", "hello", {{"x-amz-checksum-crc32c", crc.value}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("ETag"), "\"5d41402abc4b2a76b9719d911017c592\"");
    EXPECT_EQ(answer.header("x-amz-checksum-crc32c"), crc.value);
    EXPECT_EQ(head("a").status, 404);
}

TEST_F(UploadPart, ANumberUsedBeforeReplacesThePart) {
    part("a", id, 1, "first");
    const auto second = part("a", id, 1, "second");
    EXPECT_EQ(complete("a", id, {second}).status, 200);
    EXPECT_EQ(get("a").body, "second");
}

TEST_F(UploadPart, NumbersAre1To10000) {
    EXPECT_EQ(upload("a", id, "10000", "hello").status, 200);
    for (const char* number : {"0", "10001", "-1", "one", "", "1x", "99999999999999999999"}) {
        const Answer answer = upload("a", id, number, "hello");
        EXPECT_EQ(answer.status, 400) << number;
        EXPECT_EQ(answer.code(), "InvalidArgument") << number;
        EXPECT_EQ(reads, 0);
    }
    EXPECT_EQ(send(Method::put, target("a", id), {}, "hello").code(), "InvalidArgument");
}

TEST_F(UploadPart, IsWhatWasDeclared) {
    const std::string other_md5 = codec::base64_encode(codec::md5("other"));
    EXPECT_EQ(upload("a", id, "1", "hello", {{"Content-MD5", other_md5}}).code(), "BadDigest");
    EXPECT_EQ(upload("a", id, "1", "hello", {{"Content-MD5", "short"}}).code(), "InvalidDigest");
    EXPECT_EQ(upload("a", id, "1", "hello", {{"x-amz-checksum-crc32", "AAAAAA=="}}).code(),
              "BadDigest");
    EXPECT_EQ(upload("a", id, "1", "hello", {{"x-amz-checksum-crc32", "bad"}}).code(), "BadDigest");
    http::Request forged = request(Method::put, "/photos/a?partNumber=1&uploadId=" + id);
    sign(forged, codec::hex_encode(codec::sha256("hello")));
    EXPECT_EQ(send_raw(std::move(forged), "hallo").code(), "XAmzContentSHA256Mismatch");
}

TEST_F(UploadPart, OfAnUploadThatIsNotThere) {
    const Answer answer = upload("a", "nonsense", "1", "hello");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.code(), "NoSuchUpload");
    EXPECT_EQ(answer.element("UploadId"), "nonsense");
    EXPECT_EQ(upload("b", id, "1", "hello").code(), "NoSuchUpload");
}

TEST_F(UploadPart, SizesThatCannotBe) {
    http::Request made = request(Method::put, "/photos/a?partNumber=1&uploadId=" + id);
    sign(made);
    made.content_length = 5ULL * 1024 * 1024 * 1024 + 1;
    WatchedBody body("hello");
    body.set_size(made.content_length);
    made.headers.add("Content-Length", std::to_string(*made.content_length));
    EXPECT_EQ(handle(made, body).code(), "EntityTooLarge");
    EXPECT_EQ(body.reads, 0);
}

TEST_F(UploadPart, WithAnotherAlgorithmThanTheUploads) {
    const std::string sha = begin("b", {{"x-amz-checksum-algorithm", "SHA256"}});
    const auto crc = objects::checksum_of(ChecksumAlgorithm::crc32, "hello");
    EXPECT_EQ(upload("b", sha, "1", "hello", {{"x-amz-checksum-crc32", crc.value}}).code(),
              "InvalidRequest");
}

}  // namespace
}  // namespace slipway::gateway
