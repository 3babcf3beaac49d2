// SPDX-License-Identifier: Apache-2.0
#include "objects/running_checksum.h"
#include "unit/gateway/multipart_fixture.h"

namespace slipway::gateway {
namespace {

using objects::ChecksumAlgorithm;
using testing::HasSubstr;
using testing::Not;

class GetObjectAttributes : public MultipartTest {
  protected:
    Answer attributes(const std::string& key, const std::string& names, Pairs headers = {}) {
        headers.emplace_back("x-amz-object-attributes", names);
        return send(Method::get, path(key) + "?attributes", std::move(headers));
    }

    static constexpr const char* all = "ETag,Checksum,ObjectParts,StorageClass,ObjectSize";
};

TEST_F(GetObjectAttributes, OfAnObjectInOnePiece) {
    put("a", "hello");
    const Answer answer = attributes("a", all);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Last-Modified"), "Sat, 21 Nov 2026 12:00:00 GMT");
    EXPECT_EQ(answer.element("ETag"), "5d41402abc4b2a76b9719d911017c592");
    EXPECT_EQ(answer.element("Checksum"),
              "<ChecksumCRC64NVME>" +
                  objects::checksum_of(ChecksumAlgorithm::crc64nvme, "hello").value +
                  "</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType>");
    EXPECT_EQ(answer.element("StorageClass"), "STANDARD");
    EXPECT_EQ(answer.element("ObjectSize"), "5");
    EXPECT_THAT(answer.body, Not(HasSubstr("ObjectParts")));
}

TEST_F(GetObjectAttributes, OnlyWhatWasAskedFor) {
    put("a", "hello");
    const Answer answer = attributes("a", " ObjectSize , ETag");
    EXPECT_EQ(answer.element("ObjectSize"), "5");
    EXPECT_NE(answer.element("ETag"), "");
    EXPECT_THAT(answer.body, Not(HasSubstr("Checksum")));
    EXPECT_THAT(answer.body, Not(HasSubstr("StorageClass")));
}

TEST_F(GetObjectAttributes, OfAnObjectInParts) {
    put_in_parts("a");
    const Answer answer = attributes("a", all);
    EXPECT_EQ(answer.element("PartsCount"), "3");
    EXPECT_EQ(answer.element("IsTruncated"), "false");
    EXPECT_EQ(answer.element("MaxParts"), "1000");
    const std::string crc = objects::checksum_of(ChecksumAlgorithm::crc64nvme, "part-2!").value;
    EXPECT_THAT(answer.body,
                HasSubstr("<Part><PartNumber>2</PartNumber><Size>7</Size><ChecksumCRC64NVME>" +
                          crc + "</ChecksumCRC64NVME></Part>"));
}

TEST_F(GetObjectAttributes, PartsInPages) {
    put_in_parts("a");
    const Answer first = attributes("a", "ObjectParts", {{"x-amz-max-parts", "1"}});
    EXPECT_EQ(first.element("PartsCount"), "3");
    EXPECT_EQ(first.element("MaxParts"), "1");
    EXPECT_EQ(first.element("IsTruncated"), "true");
    EXPECT_EQ(first.element("NextPartNumberMarker"), "1");
    const Answer rest = attributes("a", "ObjectParts", {{"x-amz-part-number-marker", "1"}});
    EXPECT_EQ(rest.element("PartNumberMarker"), "1");
    EXPECT_EQ(rest.element("IsTruncated"), "false");
    EXPECT_EQ(rest.element("NextPartNumberMarker"), "3");
    EXPECT_EQ(rest.element("PartNumber"), "2");
}

TEST_F(GetObjectAttributes, BadRequests) {
    put("a", "hello");
    EXPECT_EQ(send(Method::get, "/photos/a?attributes").code(), "InvalidRequest");
    EXPECT_EQ(attributes("a", "").code(), "InvalidRequest");
    EXPECT_EQ(attributes("a", "ETag,Colour").code(), "InvalidArgument");
    EXPECT_EQ(attributes("a", all, {{"x-amz-max-parts", "x"}}).code(), "InvalidArgument");
    EXPECT_EQ(attributes("a", all, {{"x-amz-part-number-marker", "-1"}}).code(), "InvalidArgument");
    EXPECT_EQ(attributes("missing", all).code(), "NoSuchKey");
}

}  // namespace
}  // namespace slipway::gateway
