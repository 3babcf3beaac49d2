// SPDX-License-Identifier: Apache-2.0
#include "objects/multipart.h"
#include "objects/running_checksum.h"
#include "unit/gateway/multipart_fixture.h"

namespace slipway::gateway {
namespace {

using objects::ChecksumAlgorithm;

std::string crc32(std::string_view bytes) {
    return objects::checksum_of(ChecksumAlgorithm::crc32, bytes).value;
}

class CompleteMultipartUpload : public MultipartTest {
  protected:
    Answer complete_raw(const std::string& id, const std::string& document) {
        return send(Method::post, target("a", id), {}, document);
    }
};

TEST_F(CompleteMultipartUpload, MakesTheObject) {
    const std::string id = begin("a");
    const Parts parts = {part("a", id, 1, "part-1"), part("a", id, 4, "end")};
    const Answer answer = complete("a", id, parts);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto result = s3::parse_complete_multipart(answer.body);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->location, "http://127.0.0.1:9000/photos/a");
    EXPECT_EQ(result->bucket, "photos");
    EXPECT_EQ(result->key, "a");
    std::vector<objects::PartInfo> infos(2);
    infos[0].etag = parts[0].etag;
    infos[1].etag = parts[1].etag;
    EXPECT_EQ(result->etag, objects::multipart_etag(infos));
    EXPECT_EQ(result->checksum_algorithm, "CRC64NVME");
    EXPECT_EQ(result->checksum_type, "FULL_OBJECT");
    EXPECT_EQ(result->checksum_value,
              objects::checksum_of(ChecksumAlgorithm::crc64nvme, "part-1end").value);
    EXPECT_EQ(get("a").body, "part-1end");
    EXPECT_EQ(send(Method::get, target("a", id)).code(), "NoSuchUpload");
}

TEST_F(CompleteMultipartUpload, DocumentsThatCannotBe) {
    const std::string id = begin("a");
    part("a", id, 1, "part-1");
    const auto of = [](const std::string& parts) {
        return "<CompleteMultipartUpload>" + parts + "</CompleteMultipartUpload>";
    };
    for (const std::string& document :
         {std::string(), of(""), of("<Part>"), std::string("<Complete/>"), std::string("{}"),
          of("<Part><ETag>a</ETag></Part>"), of("<Part><PartNumber>1</PartNumber></Part>"),
          of("<Part><PartNumber>10001</PartNumber><ETag>a</ETag></Part>")}) {
        const Answer answer = complete_raw(id, document);
        EXPECT_EQ(answer.status, 400) << document;
        EXPECT_EQ(answer.code(), "MalformedXML") << document;
    }
    EXPECT_EQ(complete_raw(id, std::string(4 * 1024 * 1024 + 1, ' ')).code(),
              "MaxMessageLengthExceeded");
}

TEST_F(CompleteMultipartUpload, PartsThatAreNotThere) {
    const std::string id = begin("a");
    const auto one = part("a", id, 1, "part-1");
    const auto two = part("a", id, 2, "part-2");
    auto absent = one;
    absent.number = 9999;
    EXPECT_EQ(complete("a", id, {absent}).code(), "InvalidPart");
    auto other = one;
    other.etag = std::string(32, 'f');
    EXPECT_EQ(complete("a", id, {other}).code(), "InvalidPart");
    EXPECT_EQ(complete("a", id, {two, one}).code(), "InvalidPartOrder");
    const auto small = part("a", id, 1, "x");
    EXPECT_EQ(complete("a", id, {small, two}).code(), "EntityTooSmall");
    EXPECT_EQ(complete("a", "nonsense", {one}).code(), "NoSuchUpload");
    EXPECT_EQ(complete("a", id, {two}).status, 200) << "still there after all that";
}

TEST_F(CompleteMultipartUpload, SizeAndConditionsHold) {
    const std::string id = begin("a");
    const Parts parts = {part("a", id, 1, "part-1")};
    EXPECT_EQ(complete("a", id, parts, {{"x-amz-mp-object-size", "7"}}).code(), "InvalidRequest");
    EXPECT_EQ(complete("a", id, parts, {{"x-amz-mp-object-size", "six"}}).code(),
              "InvalidArgument");
    EXPECT_EQ(complete("a", id, parts, {{"If-Match", "*"}}).code(), "NoSuchKey");
    put("a", "before");
    EXPECT_EQ(complete("a", id, parts, {{"If-None-Match", "*"}}).code(), "PreconditionFailed");
    EXPECT_EQ(complete("a", id, parts, {{"If-Match", "\"x\""}}).code(), "PreconditionFailed");
    EXPECT_EQ(get("a").body, "before");
    EXPECT_EQ(complete("a", id, parts,
                       {{"x-amz-mp-object-size", "6"}, {"If-Match", head("a").header("ETag")}})
                  .status,
              200);
    EXPECT_EQ(get("a").body, "part-1");
}

class CompleteWithChecksum : public CompleteMultipartUpload {
  protected:
    /// Two parts with their CRC32s.
    Parts two_parts(const std::string& id) {
        Parts parts = {part("a", id, 1, "part-1", {{"x-amz-checksum-crc32", crc32("part-1")}}),
                       part("a", id, 2, "end", {{"x-amz-checksum-crc32", crc32("end")}})};
        for (s3::ListedPart& each : parts) {
            each.checksum_algorithm = "CRC32";
            each.checksum_value = crc32(each.number == 1 ? "part-1" : "end");
        }
        return parts;
    }

    static std::string composite() {
        std::vector<objects::PartInfo> parts(2);
        parts[0].checksum = objects::checksum_of(ChecksumAlgorithm::crc32, "part-1");
        parts[1].checksum = objects::checksum_of(ChecksumAlgorithm::crc32, "end");
        return objects::composite_checksum(parts).value().value;
    }
};

TEST_F(CompleteWithChecksum, OverThoseOfTheParts) {
    const std::string id = begin("a", {{"x-amz-checksum-algorithm", "CRC32"}});
    const Parts parts = two_parts(id);
    Parts bare = parts;
    for (s3::ListedPart& each : bare) {
        each.checksum_algorithm.clear();
    }
    const std::string name = "x-amz-checksum-crc32";
    EXPECT_EQ(complete("a", id, parts, {{name, "bad"}}).code(), "BadDigest");
    EXPECT_EQ(complete("a", id, bare, {{name, "bad"}}).code(), "BadDigest");
    EXPECT_EQ(complete("a", id, bare, {{name, composite()}}).code(), "InvalidRequest");
    EXPECT_EQ(complete("a", id, parts, {{name, crc32("part-1end")}}).code(), "BadDigest");
    EXPECT_EQ(complete("a", id, parts, {{name, "AAAAAA==-2"}}).code(), "BadDigest");
    EXPECT_EQ(complete("a", id, parts, {{"x-amz-checksum-type", "FULL_OBJECT"}}).code(),
              "InvalidRequest");
    EXPECT_EQ(complete("a", id, parts,
                       {{"x-amz-checksum-sha1",
                         objects::checksum_of(ChecksumAlgorithm::sha1, "x").value}})
                  .code(),
              "InvalidRequest");
    const Answer done =
        complete("a", id, parts, {{name, composite()}, {"x-amz-checksum-type", "COMPOSITE"}});
    EXPECT_EQ(done.status, 200) << done.body;
    EXPECT_EQ(done.element("ChecksumCRC32"), composite());
    EXPECT_EQ(done.element("ChecksumType"), "COMPOSITE");
    const Answer headed = head("a", {{"x-amz-checksum-mode", "ENABLED"}});
    EXPECT_EQ(headed.header(name), composite());
    EXPECT_EQ(headed.header("x-amz-checksum-type"), "COMPOSITE");
    EXPECT_FALSE(head("a").headers.has(name));
}

TEST_F(CompleteWithChecksum, OverTheWholeObject) {
    const std::string id =
        begin("a", {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "FULL_OBJECT"}});
    const Parts parts = two_parts(id);
    const std::string name = "x-amz-checksum-crc32";
    EXPECT_EQ(complete("a", id, parts, {{name, crc32("other")}}).code(), "BadDigest");
    EXPECT_EQ(complete("a", id, parts, {{"x-amz-checksum-type", "COMPOSITE"}}).code(),
              "InvalidRequest");
    const Answer done = complete("a", id, parts, {{name, crc32("part-1end")}});
    EXPECT_EQ(done.status, 200) << done.body;
    EXPECT_EQ(done.element("ChecksumCRC32"), crc32("part-1end"));
    EXPECT_EQ(done.element("ChecksumType"), "FULL_OBJECT");
}

}  // namespace
}  // namespace slipway::gateway
