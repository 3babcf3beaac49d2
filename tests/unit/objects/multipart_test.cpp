// SPDX-License-Identifier: Apache-2.0
#include "objects/multipart.h"

#include "codec/digest.h"
#include "codec/hex.h"
#include "objects/running_checksum.h"

#include <gtest/gtest.h>

namespace slipway::objects {
namespace {

PartInfo part_of(std::string_view bytes) {
    PartInfo part;
    part.size = bytes.size();
    part.etag = codec::hex_encode(codec::md5(bytes));
    return part;
}

TEST(Multipart, TheEtagIsTheMd5OfTheMd5sAndTheirNumber) {
    // printf hello | md5sum | xxd -r -p | md5sum
    EXPECT_EQ(multipart_etag(std::vector{part_of("hello")}), "62109206880d38a4010a98e11243924a-1");
}

TEST(Multipart, ThereIsNoneOfPartsWhoseEtagsAreNoMd5) {
    auto part = part_of("hello");
    part.etag = "0123456789abcdef";
    EXPECT_EQ(multipart_etag(std::vector{part_of("a"), part}), std::nullopt);
}

TEST(Multipart, TheChecksumOfTheWholeComesFromThoseOfTheParts) {
    for (const auto algorithm :
         {ChecksumAlgorithm::crc32, ChecksumAlgorithm::crc32c, ChecksumAlgorithm::crc64nvme}) {
        std::vector<PartInfo> parts;
        for (const std::string_view text : {"1234", "", "5678", "9"}) {
            parts.push_back(part_of(text));
            parts.back().checksum = checksum_of(algorithm, text);
        }
        EXPECT_EQ(combined_checksum(parts), checksum_of(algorithm, "123456789"));
    }
}

TEST(Multipart, ThereIsNoneOfTheWholeWithoutThoseOfAllParts) {
    EXPECT_EQ(combined_checksum({}), std::nullopt);
    std::vector<PartInfo> parts = {part_of("12"), part_of("34")};
    EXPECT_EQ(combined_checksum(parts), std::nullopt);
    parts[0].checksum = checksum_of(ChecksumAlgorithm::crc32c, "12");
    EXPECT_EQ(combined_checksum(parts), std::nullopt) << "the second has none";
    parts[1].checksum = checksum_of(ChecksumAlgorithm::crc32, "34");
    EXPECT_EQ(combined_checksum(parts), std::nullopt) << "two kinds";
    parts[1].checksum = Checksum{ChecksumAlgorithm::crc32c, "no base64"};
    EXPECT_EQ(combined_checksum(parts), std::nullopt);
    parts = {part_of("12")};
    parts[0].checksum = checksum_of(ChecksumAlgorithm::sha256, "12");
    EXPECT_EQ(combined_checksum(parts), std::nullopt) << "no CRC";
}

TEST(Multipart, ACompositeChecksumIsOverThoseOfTheParts) {
    // Reference: sha1(sha1("one") + sha1("two")) by Python's hashlib.
    std::vector<PartInfo> parts(2);
    parts[0].checksum = checksum_of(ChecksumAlgorithm::sha1, "one");
    parts[1].checksum = checksum_of(ChecksumAlgorithm::sha1, "two");
    EXPECT_EQ(composite_checksum(parts)->value, "/DeEPsYPjFhd059doVqDEfe87X0=-2");
    EXPECT_TRUE(is_composite(*composite_checksum(parts)));
    parts[1].checksum = checksum_of(ChecksumAlgorithm::crc32, "two");
    EXPECT_FALSE(composite_checksum(parts));
    parts[1].checksum.reset();
    EXPECT_FALSE(composite_checksum(parts));
    EXPECT_FALSE(composite_checksum({}));
}

class IsMadeOf : public testing::Test {
  protected:
    IsMadeOf() {
        request_.parts = {part_of("hello")};
        request_.size = 5;
        object_.size = 5;
        object_.etag = *multipart_etag(request_.parts);
    }
    CompleteMultipartRequest request_;
    ObjectInfo object_;
};

TEST_F(IsMadeOf, ComparesSizeAndEtag) {
    EXPECT_TRUE(is_made_of(object_, request_));
    object_.size = 6;
    EXPECT_FALSE(is_made_of(object_, request_));
    object_.size = 5;
    object_.etag = "5d41402abc4b2a76b9719d911017c592";
    EXPECT_FALSE(is_made_of(object_, request_));
}

TEST_F(IsMadeOf, AChecksumOfBothDecides) {
    request_.checksum = Checksum{ChecksumAlgorithm::crc64nvme, "AAAA"};
    EXPECT_TRUE(is_made_of(object_, request_)) << "by the ETag, for the object has none";
    object_.checksum = Checksum{ChecksumAlgorithm::crc64nvme, "BBBB"};
    EXPECT_FALSE(is_made_of(object_, request_));
    object_.checksum->value = "AAAA";
    object_.etag = "no md5";
    EXPECT_TRUE(is_made_of(object_, request_));
}

TEST_F(IsMadeOf, WithoutProofItIsNot) {
    request_.parts[0].etag = "encrypted";
    object_.etag = "encrypted-1";
    EXPECT_FALSE(is_made_of(object_, request_));
}

}  // namespace
}  // namespace slipway::objects
