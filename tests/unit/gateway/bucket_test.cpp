// SPDX-License-Identifier: Apache-2.0
// The operations on buckets but listing.
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;

class Buckets : public GatewayTest {};

TEST_F(Buckets, AreMadeFoundListedAndRemoved) {
    const Answer made = send(Method::put, "/new-bucket");
    EXPECT_EQ(made.status, 200);
    EXPECT_EQ(made.header("Location"), "/new-bucket");
    EXPECT_EQ(send(Method::head, "/new-bucket").header("x-amz-bucket-region"), "us-east-1");

    const Answer listed = send(Method::get, "/");
    EXPECT_EQ(listed.status, 200);
    EXPECT_EQ(listed.header("Content-Type"), "application/xml");
    EXPECT_THAT(listed.body, testing::HasSubstr("<Owner><ID>slipway</ID>"));
    EXPECT_THAT(listed.body, testing::HasSubstr(
                                 "<Bucket><Name>new-bucket</Name><CreationDate>2026-11-21T12:00:00."
                                 "000Z</CreationDate></Bucket><Bucket><Name>photos</Name>"));

    EXPECT_EQ(send(Method::delete_, "/new-bucket").status, 204);
    EXPECT_EQ(send(Method::head, "/new-bucket").status, 404);
    EXPECT_EQ(send(Method::delete_, "/new-bucket").code(), "NoSuchBucket");
}

TEST_F(Buckets, MadeTwiceWhereS3BeganLosesItsAclOnly) {
    put("a", "hello");
    ASSERT_EQ(send(Method::put, "/photos?acl", {{"x-amz-acl", "public-read"}}).status, 200);
    EXPECT_EQ(send(Method::put, "/photos").status, 200);
    EXPECT_EQ(get("a").body, "hello");
    EXPECT_EQ(send_raw(request(Method::get, "/photos")).status, 403);
    EXPECT_EQ(send(Method::put, "/photos", {{"x-amz-acl", "public-read"}}).status, 200);
    EXPECT_EQ(send_raw(request(Method::get, "/photos")).status, 200);
}

TEST_F(Buckets, CannotBeMadeTwiceElsewhere) {
    options.region = "eu-west-1";  // of the answers; the fixture signs for the keys' own
    const Answer answer = send(Method::put, "/photos");
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.code(), "BucketAlreadyOwnedByYou");
    EXPECT_EQ(answer.element("BucketName"), "photos");
}

TEST_F(Buckets, AreMadeInTheRegionOfTheStoreOnly) {
    const auto document = [](const char* region) {
        return std::string(
                   "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/"
                   "\"><LocationConstraint>") +
               region + "</LocationConstraint></CreateBucketConfiguration>";
    };
    EXPECT_EQ(send(Method::put, "/here", {}, document("us-east-1")).status, 200);
    const Answer elsewhere = send(Method::put, "/elsewhere", {}, document("eu-west-1"));
    EXPECT_EQ(elsewhere.status, 400);
    EXPECT_EQ(elsewhere.code(), "IllegalLocationConstraintException");
    EXPECT_EQ(send(Method::put, "/broken", {}, "<Create").code(), "MalformedXML");
    EXPECT_EQ(send(Method::put, "/big", {}, std::string(20000, ' ')).code(),
              "MaxMessageLengthExceeded");
    EXPECT_EQ(send(Method::head, "/elsewhere").status, 404);
}

TEST_F(Buckets, BodyOfAnUnsignedDocumentIsNotTaken) {
    http::Request made = request(Method::put, "/here");
    sign(made, codec::hex_encode(codec::sha256("")));
    EXPECT_EQ(send_raw(made, "<CreateBucketConfiguration/>").code(), "XAmzContentSHA256Mismatch");
}

TEST_F(Buckets, NamesAreChecked) {
    for (const char* name : {"/ab", "/Photos", "/a_b", "/a..b", "/-ab", "/192.168.0.1"}) {
        const Answer answer = send(Method::put, name);
        EXPECT_EQ(answer.status, 400) << name;
        EXPECT_EQ(answer.code(), "InvalidBucketName") << name;
    }
}

TEST_F(Buckets, WithObjectsAreNotRemoved) {
    put("a", "hello");
    const Answer answer = send(Method::delete_, "/photos");
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.code(), "BucketNotEmpty");
}

TEST_F(Buckets, LocationOfUsEast1IsEmptyAsInS3) {
    EXPECT_THAT(
        send(Method::get, "/photos?location").body,
        testing::EndsWith("\"http://s3.amazonaws.com/doc/2006-03-01/\"></LocationConstraint>"));
    EXPECT_EQ(send(Method::get, "/nowhere?location").code(), "NoSuchBucket");
}

TEST_F(Buckets, VersioningWasNeverEnabled) {
    const Answer answer = send(Method::get, "/photos?versioning");
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.body, testing::HasSubstr("<VersioningConfiguration"));
    EXPECT_THAT(answer.body, testing::Not(testing::HasSubstr("Status")));
    EXPECT_EQ(send(Method::get, "/nowhere?versioning").code(), "NoSuchBucket");
}

}  // namespace
}  // namespace slipway::gateway
