// SPDX-License-Identifier: Apache-2.0
#include "objects/running_checksum.h"
#include "unit/gateway/multipart_fixture.h"

namespace slipway::gateway {
namespace {

using objects::ChecksumAlgorithm;

std::string crc32(std::string_view bytes) {
    return objects::checksum_of(ChecksumAlgorithm::crc32, bytes).value;
}

class ListParts : public MultipartTest {
  protected:
    s3::ListPartsResult list(const std::string& query = {}) {
        const Answer answer = send(Method::get, target("a", id) + query);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return s3::parse_list_parts(answer.body).value();
    }

    const std::string id =
        begin("a", {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-storage-class", "STANDARD_IA"}});
};

TEST_F(ListParts, TellsOfEachPart) {
    part("a", id, 7, "seven");
    part("a", id, 2, "two");
    const auto page = list();
    EXPECT_EQ(page.bucket, "photos");
    EXPECT_EQ(page.key, "a");
    EXPECT_EQ(page.upload_id, id);
    EXPECT_EQ(page.storage_class, "STANDARD_IA");
    EXPECT_EQ(page.owner.id, "slipway");
    EXPECT_EQ(page.checksum_algorithm, "CRC32");
    EXPECT_EQ(page.checksum_type, "COMPOSITE");
    EXPECT_FALSE(page.truncated);
    ASSERT_EQ(page.parts.size(), 2);
    EXPECT_EQ(page.parts[0].number, 2);
    EXPECT_EQ(page.parts[0].size, 3);
    EXPECT_EQ(page.parts[0].etag, codec::hex_encode(codec::md5("two")));
    EXPECT_EQ(page.parts[0].checksum_value, crc32("two"));
    EXPECT_EQ(page.parts[1].number, 7);
    EXPECT_EQ(page.next_number_marker, 7);
}

TEST_F(ListParts, PagesGoOnWhereTheLastEnded) {
    for (unsigned number = 1; number <= 5; ++number) {
        part("a", id, number, "x");
    }
    const auto first = list("&max-parts=2");
    EXPECT_TRUE(first.truncated);
    EXPECT_EQ(first.parts_max, 2);
    EXPECT_EQ(first.next_number_marker, 2);
    const auto rest = list("&part-number-marker=2");
    EXPECT_EQ(rest.number_marker, 2);
    EXPECT_FALSE(rest.truncated);
    ASSERT_EQ(rest.parts.size(), 3);
    EXPECT_EQ(rest.parts[0].number, 3);
    EXPECT_EQ(list("&max-parts=5000").parts_max, 1000);
    EXPECT_TRUE(list("&max-parts=0").parts.empty());
    EXPECT_TRUE(list("&part-number-marker=10000").parts.empty());
}

TEST_F(ListParts, BadRequests) {
    for (const char* query :
         {"&max-parts=-1", "&max-parts=x", "&part-number-marker=x", "&encoding-type=base64"}) {
        EXPECT_EQ(send(Method::get, target("a", id) + query).code(), "InvalidArgument") << query;
    }
    const Answer missing = send(Method::get, target("a", "nonsense"));
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.code(), "NoSuchUpload");
    EXPECT_EQ(send(Method::get, "/nowhere/a?uploadId=x").code(), "NoSuchBucket");
}

}  // namespace
}  // namespace slipway::gateway
