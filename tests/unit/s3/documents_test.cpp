// SPDX-License-Identifier: Apache-2.0
#include "s3/documents.h"

#include "codec/time.h"
#include "s3/limits.h"

#include <gtest/gtest.h>

namespace slipway::s3 {
namespace {

const Time when = codec::parse_iso8601("2026-11-21T05:00:00.123Z").value();

TEST(Documents, ListBucketsIsReadBack) {
    const ListBucketsResult result{{"owner-id", "slipway"}, {{"photos", when}, {"videos", when}}};
    const std::string body = list_buckets_xml(result);
    EXPECT_NE(
        body.find("<ListAllMyBucketsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"),
        std::string::npos);
    EXPECT_NE(body.find("<CreationDate>2026-11-21T05:00:00.123Z</CreationDate>"),
              std::string::npos);
    EXPECT_EQ(parse_list_buckets(body).value(), result);
}

ListObjectsResult a_listing() {
    ListObjectsResult result;
    result.bucket = "photos";
    result.prefix = "a/ \u00fc";
    result.delimiter = "/";
    result.keys_max = 2;
    result.truncated = true;
    result.start_after = "a/ \u00fc0";
    result.continuation_token = "opaque==";
    result.next_continuation_token = "next+==";
    result.objects = {
        {"a/ \u00fc1+<&>.jpg", when, "0123", 5'000'000'000, "STANDARD", "CRC32C", "COMPOSITE"},
        {"a/ \u00fc2\U0001f600", when, "4567", 0, "GLACIER", ""}};
    result.common_prefixes = {"a/ \u00fc dir/"};
    return result;
}

TEST(Documents, ListObjectsV2IsReadBack) {
    ListObjectsResult result = a_listing();
    EXPECT_EQ(parse_list_objects(list_objects_xml(result)).value(), result);
    result.url_encoded = true;
    result.objects[0].key = "control \x01 and \r";
    const std::string body = list_objects_xml(result);
    EXPECT_NE(body.find("<Key>control%20%01%20and%20%0D</Key>"), std::string::npos) << body;
    EXPECT_NE(body.find("<KeyCount>3</KeyCount>"), std::string::npos);
    EXPECT_NE(body.find("<ETag>&quot;0123&quot;</ETag>"), std::string::npos);
    EXPECT_EQ(parse_list_objects(body).value(), result);
}

TEST(Documents, ListObjectsV1IsReadBack) {
    ListObjectsResult result = a_listing();
    result.version = 1;
    result.start_after.clear();
    result.continuation_token.reset();
    result.next_continuation_token.clear();
    result.marker = "a/0";
    result.next_marker = "a/9";
    result.owner = {"id", "name"};
    const std::string body = list_objects_xml(result);
    EXPECT_EQ(body.find("KeyCount"), std::string::npos);
    EXPECT_EQ(parse_list_objects(body).value(), result);
    result.url_encoded = true;
    const std::string encoded = list_objects_xml(result);
    EXPECT_NE(encoded.find("<Prefix>" + result.prefix + "</Prefix>"), std::string::npos) << encoded;
    EXPECT_EQ(parse_list_objects(encoded).value(), result);
}

TEST(Documents, ListingsOfOthersAreUnderstood) {
    const auto result =
        parse_list_objects(
            "<ListBucketResult><Name>b</Name><Prefix/><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys>"
            "<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents>"
            "<Key>a+b%2Bc</Key><LastModified>2026-11-21T05:00:00Z</LastModified><ETag>abc-2</ETag>"
            "<Size>7</Size><Future>x</Future></Contents></ListBucketResult>")
            .value();
    ASSERT_EQ(result.objects.size(), 1U);
    EXPECT_EQ(result.objects[0].key, "a b+c");
    EXPECT_EQ(result.objects[0].etag, "abc-2");
    EXPECT_EQ(result.objects[0].size, 7U);
}

TEST(Documents, BrokenListingsAreErrors) {
    for (const std::string_view body :
         {"", "<html/>",
          "<ListBucketResult><Contents><Size>-1</Size></Contents></ListBucketResult>",
          "<ListBucketResult><Contents><LastModified>now</LastModified></Contents>"
          "</ListBucketResult>",
          "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%zz</Key></Contents>"
          "</ListBucketResult>"}) {
        EXPECT_FALSE(parse_list_objects(body)) << body;
    }
}

TEST(Documents, DeleteRequestIsReadBack) {
    const DeleteRequest request{{{"a&b", "", ""}, {" ", "v1", "\"etag\""}}, true};
    EXPECT_EQ(parse_delete_request(delete_request_xml(request)).value(), request);
}

TEST(Documents, DeleteTakesOneToThousandKeys) {
    DeleteRequest request;
    EXPECT_EQ(parse_delete_request(delete_request_xml(request)).error().code, "MalformedXML");
    request.entries.resize(delete_objects_max, {"k", "", ""});
    EXPECT_TRUE(parse_delete_request(delete_request_xml(request)));
    request.entries.push_back({"k", "", ""});
    EXPECT_EQ(parse_delete_request(delete_request_xml(request)).error().code, "MalformedXML");
    EXPECT_FALSE(
        parse_delete_request("<Delete><Object><VersionId>1</VersionId></Object></Delete>"));
    EXPECT_FALSE(parse_delete_request("<Remove/>"));
}

TEST(Documents, DeleteResultIsReadBack) {
    const DeleteResult result{{"a", "b<c"}, {{"d", "AccessDenied", "no & never"}}};
    EXPECT_EQ(parse_delete_result(delete_result_xml(result)).value(), result);
}

TEST(Documents, CopyResultIsReadBack) {
    CopyObjectResult result{"abc", when, "", ""};
    EXPECT_EQ(parse_copy_object(copy_object_xml(result)).value(), result);
    result.checksum_algorithm = "CRC64NVME";
    result.checksum_value = "rosUhgp5mIg=";
    EXPECT_EQ(parse_copy_object(copy_object_xml(result)).value(), result);
}

TEST(Documents, AnErrorInsideASuccessIsAnError) {
    const auto result =
        parse_copy_object("<Error><Code>SlowDown</Code><Message>later</Message></Error>");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), (Error{ErrorKind::throttled, "later", "SlowDown", 200}));
}

TEST(Documents, BucketsHaveARegion) {
    EXPECT_EQ(parse_create_bucket("").value(), "");
    EXPECT_EQ(parse_create_bucket(create_bucket_xml("eu-west-1")).value(), "eu-west-1");
    EXPECT_EQ(parse_create_bucket("<CreateBucketConfiguration/>").value(), "");
    EXPECT_FALSE(parse_create_bucket("<Other/>"));
    EXPECT_NE(bucket_location_xml("eu-west-1").find(">eu-west-1</LocationConstraint>"),
              std::string::npos);
    EXPECT_NE(bucket_location_xml("us-east-1").find("\"></LocationConstraint>"), std::string::npos);
}

}  // namespace
}  // namespace slipway::s3
