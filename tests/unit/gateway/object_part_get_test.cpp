// SPDX-License-Identifier: Apache-2.0
// GET and HEAD of one part of an object.
#include "objects/running_checksum.h"
#include "unit/gateway/multipart_fixture.h"

namespace slipway::gateway {
namespace {

using objects::ChecksumAlgorithm;

class GetPart : public MultipartTest {
  protected:
    GetPart() { put_in_parts("a"); }

    Answer get_part(const std::string& number, Pairs headers = {}) {
        return send(Method::get, "/photos/a?partNumber=" + number, std::move(headers));
    }
};

TEST_F(GetPart, AnswersItsBytesAndHowManyThereAre) {
    const Answer answer = get_part("2");
    EXPECT_EQ(answer.status, 206);
    EXPECT_EQ(answer.body, "part-2!");
    EXPECT_EQ(answer.header("Content-Range"), "bytes 6-12/16");
    EXPECT_EQ(answer.header("x-amz-mp-parts-count"), "3");
    EXPECT_EQ(answer.header("ETag"), head("a").header("ETag"));
    EXPECT_FALSE(answer.headers.has("x-amz-checksum-crc64nvme"));
    EXPECT_FALSE(get("a").headers.has("x-amz-mp-parts-count"));

    const Answer headed = send(Method::head, "/photos/a?partNumber=3");
    EXPECT_EQ(headed.status, 206);
    EXPECT_EQ(headed.head_content_length, 3);
    EXPECT_EQ(headed.body, "");
    EXPECT_EQ(headed.header("Content-Range"), "bytes 13-15/16");
    EXPECT_EQ(headed.header("x-amz-mp-parts-count"), "3");
}

TEST_F(GetPart, ItsChecksumIsItsOwn) {
    const Answer answer = get_part("2", {{"x-amz-checksum-mode", "ENABLED"}});
    EXPECT_EQ(answer.header("x-amz-checksum-crc64nvme"),
              objects::checksum_of(ChecksumAlgorithm::crc64nvme, "part-2!").value);
    EXPECT_EQ(answer.header("x-amz-checksum-type"), "FULL_OBJECT");
    const Answer headed =
        send(Method::head, "/photos/a?partNumber=1", {{"x-amz-checksum-mode", "ENABLED"}});
    EXPECT_EQ(headed.header("x-amz-checksum-crc64nvme"),
              objects::checksum_of(ChecksumAlgorithm::crc64nvme, "part-1").value);
}

TEST_F(GetPart, NoChecksumRatherThanAnothersWhereNumbersHaveGaps) {
    const std::string id = begin("gaps");
    const Parts parts = {part("gaps", id, 2, "two22"), part("gaps", id, 5, "five")};
    ASSERT_EQ(complete("gaps", id, parts).status, 200);
    const Answer answer =
        send(Method::get, "/photos/gaps?partNumber=2", {{"x-amz-checksum-mode", "ENABLED"}});
    EXPECT_EQ(answer.body, "five");
    EXPECT_FALSE(answer.headers.has("x-amz-checksum-crc64nvme"));
}

TEST_F(GetPart, OneOfAnObjectInOnePieceIsAllOfIt) {
    put("b", "hello");
    const Answer answer =
        send(Method::get, "/photos/b?partNumber=1", {{"x-amz-checksum-mode", "ENABLED"}});
    EXPECT_EQ(answer.body, "hello");
    EXPECT_FALSE(answer.headers.has("x-amz-mp-parts-count"));
    EXPECT_EQ(answer.header("x-amz-checksum-crc64nvme"),
              objects::checksum_of(ChecksumAlgorithm::crc64nvme, "hello").value);
    const Answer second = send(Method::get, "/photos/b?partNumber=2");
    EXPECT_EQ(second.status, 416);
    EXPECT_EQ(second.code(), "InvalidPartNumber");
}

TEST_F(GetPart, BadRequests) {
    EXPECT_EQ(get_part("4").code(), "InvalidPartNumber");
    EXPECT_EQ(get_part("4").status, 416);
    for (const char* number : {"0", "10001", "x", "", "-1"}) {
        EXPECT_EQ(get_part(number).code(), "InvalidArgument") << number;
    }
    EXPECT_EQ(get_part("1", {{"Range", "bytes=0-1"}}).code(), "InvalidRequest");
    EXPECT_EQ(send(Method::head, "/photos/a?partNumber=4").status, 416);
    EXPECT_EQ(send(Method::get, "/photos/missing?partNumber=1").code(), "NoSuchKey");
}

TEST_F(GetPart, ConditionsHold) {
    const std::string etag = head("a").header("ETag");
    EXPECT_EQ(get_part("1", {{"If-None-Match", etag}}).status, 304);
    EXPECT_EQ(get_part("1", {{"If-Match", "\"x\""}}).status, 412);
    EXPECT_EQ(send(Method::head, "/photos/a?partNumber=1", {{"If-None-Match", etag}}).status, 304);
}

}  // namespace
}  // namespace slipway::gateway
