// SPDX-License-Identifier: Apache-2.0
#include "unit/gateway/multipart_fixture.h"

namespace slipway::gateway {
namespace {

class CreateMultipartUpload : public MultipartTest {
  protected:
    Answer create(Pairs headers) {
        return send(Method::post, "/photos/a?uploads", std::move(headers));
    }
};

TEST_F(CreateMultipartUpload, NamesTheUpload) {
    const Answer answer = send(Method::post, path("a & b") + "?uploads=");
    EXPECT_EQ(answer.status, 200);
    const auto result = s3::parse_create_multipart(answer.body);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->bucket, "photos");
    EXPECT_EQ(result->key, "a & b");
    EXPECT_NE(result->upload_id, "");
    EXPECT_FALSE(answer.headers.has("x-amz-checksum-algorithm"));
    EXPECT_EQ(head("a & b").status, 404);
}

TEST_F(CreateMultipartUpload, WhatIsSaidOfTheObjectIsTheObjects) {
    put_in_parts("a", {{"Content-Type", "text/plain"},
                       {"x-amz-meta-k", "v"},
                       {"x-amz-tagging", "team=a%20b&keep"},
                       {"x-amz-acl", "public-read"},
                       {"x-amz-storage-class", "STANDARD_IA"}});
    const Answer answer = head("a");
    EXPECT_EQ(answer.header("Content-Type"), "text/plain");
    EXPECT_EQ(answer.header("x-amz-meta-k"), "v");
    EXPECT_EQ(answer.header("x-amz-tagging-count"), "2");
    EXPECT_EQ(answer.header("x-amz-storage-class"), "STANDARD_IA");
    objects::GetRequest get;
    get.bucket = "photos";
    get.key = "a";
    EXPECT_EQ(test::run(store.head(get))->attributes.acl, "public-read");
}

struct ChecksumCase {
    const char* algorithm;
    const char* type;
    const char* answered_type;
};

class CreateWithChecksum : public CreateMultipartUpload,
                           public testing::WithParamInterface<ChecksumCase> {};

TEST_P(CreateWithChecksum, HasItsType) {
    Pairs headers = {{"x-amz-checksum-algorithm", GetParam().algorithm}};
    if (*GetParam().type != '\0') {
        headers.emplace_back("x-amz-checksum-type", GetParam().type);
    }
    const Answer answer = create(headers);
    EXPECT_EQ(answer.status, *GetParam().answered_type != '\0' ? 200 : 400);
    EXPECT_EQ(answer.header("x-amz-checksum-type"), GetParam().answered_type);
    if (answer.status == 200) {
        EXPECT_EQ(answer.header("x-amz-checksum-algorithm"), GetParam().algorithm);
    } else {
        EXPECT_EQ(answer.code(), "InvalidRequest");
    }
}

INSTANTIATE_TEST_SUITE_P(All,
                         CreateWithChecksum,
                         testing::Values(ChecksumCase{"CRC32", "", "COMPOSITE"},
                                         ChecksumCase{"CRC32C", "FULL_OBJECT", "FULL_OBJECT"},
                                         ChecksumCase{"CRC64NVME", "", "FULL_OBJECT"},
                                         ChecksumCase{"CRC64NVME", "COMPOSITE", ""},
                                         ChecksumCase{"SHA1", "", "COMPOSITE"},
                                         ChecksumCase{"SHA256", "COMPOSITE", "COMPOSITE"},
                                         ChecksumCase{"SHA256", "FULL_OBJECT", ""},
                                         ChecksumCase{"CRC32", "HALF_OBJECT", ""},
                                         ChecksumCase{"MD4", "", ""}));

TEST_F(CreateMultipartUpload, BadRequests) {
    EXPECT_EQ(create({{"x-amz-checksum-type", "COMPOSITE"}}).code(), "InvalidRequest");
    EXPECT_EQ(create({{"x-amz-storage-class", "FREEZER"}}).code(), "InvalidStorageClass");
    EXPECT_EQ(create({{"x-amz-tagging", "a=%zz"}}).code(), "InvalidArgument");
    EXPECT_EQ(create({{"x-amz-acl", "everybody"}}).code(), "InvalidArgument");
    EXPECT_EQ(send(Method::post, "/nowhere/a?uploads").code(), "NoSuchBucket");
    EXPECT_EQ(send(Method::post, path(std::string(1025, 'k')) + "?uploads").code(),
              "KeyTooLongError");
}

}  // namespace
}  // namespace slipway::gateway
