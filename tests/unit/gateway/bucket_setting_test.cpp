// SPDX-License-Identifier: Apache-2.0
// Settings of a bucket that are documents, and those it never has.
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;

struct Setting {
    const char* subresource;
    const char* not_set;
    const char* document;
    const char* told;  ///< what GET answers of it
    int put_status = 200;
};

class BucketSettings : public GatewayTest, public testing::WithParamInterface<Setting> {};

TEST_P(BucketSettings, IsSetToldAndTakenBack) {
    const std::string target = std::string("/photos?") + GetParam().subresource;
    EXPECT_EQ(send(Method::get, target).code(), GetParam().not_set);
    EXPECT_EQ(send(Method::delete_, target).status, 204);
    EXPECT_EQ(send(Method::put, target, {}, GetParam().document).status, GetParam().put_status);
    const Answer told = send(Method::get, target);
    EXPECT_EQ(told.status, 200);
    EXPECT_THAT(told.body, testing::HasSubstr(GetParam().told));
    // What is told can be set again, and says the same then.
    EXPECT_EQ(send(Method::put, target, {}, told.body).status, GetParam().put_status);
    EXPECT_EQ(send(Method::get, target).body, told.body);
    EXPECT_EQ(send(Method::delete_, target).status, 204);
    EXPECT_EQ(send(Method::get, target).code(), GetParam().not_set);
}

TEST_P(BucketSettings, IsOfABucketThatIsThere) {
    const std::string target = std::string("/nowhere?") + GetParam().subresource;
    EXPECT_EQ(send(Method::get, target).code(), "NoSuchBucket");
    EXPECT_EQ(send(Method::put, target, {}, GetParam().document).code(), "NoSuchBucket");
    EXPECT_EQ(send(Method::delete_, target).code(), "NoSuchBucket");
}

TEST_P(BucketSettings, IsSetByWriters) {
    const std::string target = std::string("/photos?") + GetParam().subresource;
    EXPECT_EQ(send_raw(request(Method::get, target)).code(), "AccessDenied");
    EXPECT_EQ(send_raw(request(Method::put, target), GetParam().document).code(), "AccessDenied");
    EXPECT_EQ(reads, 0);
    http::Request by_reader = request(Method::put, target);
    const s3::Signer reader(credentials("AKIDREADER", "reader"), "us-east-1");
    ASSERT_TRUE(reader.sign(by_reader, s3::unsigned_payload_hash, clock.time));
    EXPECT_EQ(send_raw(by_reader, GetParam().document).code(), "AccessDenied");
}

TEST_P(BucketSettings, BadDocumentsChangeNothing) {
    const std::string target = std::string("/photos?") + GetParam().subresource;
    EXPECT_EQ(send(Method::put, target, {}, "").code(), "MissingRequestBodyError");
    EXPECT_EQ(send(Method::put, target, {}, "<Other/>").code(), "MalformedXML");
    EXPECT_EQ(send(Method::put, target, {}, "<Oth").code(), "MalformedXML");
    EXPECT_EQ(send(Method::put, target, {}, std::string(2'000'000, ' ')).code(),
              "MaxMessageLengthExceeded");
    EXPECT_EQ(send(Method::get, target).code(), GetParam().not_set);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    BucketSettings,
    testing::Values(
        Setting{"cors", "NoSuchCORSConfiguration",
                "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*"
                "</AllowedOrigin><MaxAgeSeconds>5</MaxAgeSeconds></CORSRule></CORSConfiguration>",
                "<MaxAgeSeconds>5</MaxAgeSeconds>"},
        Setting{"lifecycle", "NoSuchLifecycleConfiguration",
                "<LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status><Filter><Prefix>"
                "tmp/</Prefix></Filter><Expiration><Days>1</Days></Expiration></Rule>"
                "</LifecycleConfiguration>",
                "<Prefix>tmp/</Prefix>"},
        Setting{"ownershipControls", "OwnershipControlsNotFoundError",
                "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>"
                "</OwnershipControls>",
                "<ObjectOwnership>ObjectWriter</ObjectOwnership>"},
        Setting{"publicAccessBlock", "NoSuchPublicAccessBlockConfiguration",
                "<PublicAccessBlockConfiguration><BlockPublicAcls>TRUE</BlockPublicAcls>"
                "</PublicAccessBlockConfiguration>",
                "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false"},
        Setting{"tagging", "NoSuchTagSet",
                "<Tagging><TagSet><Tag><Key>team</Key><Value>a b</Value></Tag></TagSet></Tagging>",
                "<Value>a b</Value>", 204}),
    [](const auto& instance) { return std::string(instance.param.subresource); });

class Settings : public GatewayTest {};

TEST_F(Settings, LifecycleSaysAmazonsDefaultForTransitions) {
    const std::string document =
        "<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter/><Expiration><Days>1</Days>"
        "</Expiration></Rule></LifecycleConfiguration>";
    constexpr const char* header = "x-amz-transition-default-minimum-object-size";
    EXPECT_EQ(send(Method::put, "/photos?lifecycle", {}, document).header(header),
              "all_storage_classes_128K");
    EXPECT_EQ(send(Method::get, "/photos?lifecycle").header(header), "all_storage_classes_128K");
    EXPECT_EQ(
        send(Method::put, "/photos?lifecycle", {{header, "varies_by_storage_class"}}, document)
            .code(),
        "NotImplemented");
}

TEST_F(Settings, AclsCannotBeTurnedOffWhileOneIsPublic) {
    const std::string enforced =
        "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>"
        "</OwnershipControls>";
    ASSERT_EQ(send(Method::put, "/photos?acl", {{"x-amz-acl", "public-read"}}).status, 200);
    EXPECT_EQ(send(Method::put, "/photos?ownershipControls", {}, enforced).code(),
              "InvalidBucketAclWithObjectOwnership");
    ASSERT_EQ(send(Method::put, "/photos?acl", {{"x-amz-acl", "private"}}).status, 200);
    EXPECT_EQ(send(Method::put, "/photos?ownershipControls", {}, enforced).status, 200);
}

TEST_F(Settings, OwnershipComesWithANewBucket) {
    EXPECT_EQ(
        send(Method::put, "/other", {{"x-amz-object-ownership", "BucketOwnerEnforced"}}).status,
        200);
    EXPECT_EQ(send(Method::get, "/other?ownershipControls").element("ObjectOwnership"),
              "BucketOwnerEnforced");
    EXPECT_EQ(send(Method::put, "/third", {{"x-amz-object-ownership", "Nobody"}}).code(),
              "InvalidArgument");
    EXPECT_EQ(
        send(Method::put, "/third",
             {{"x-amz-object-ownership", "BucketOwnerEnforced"}, {"x-amz-acl", "public-read"}})
            .code(),
        "InvalidBucketAclWithObjectOwnership");
    EXPECT_FALSE(test::run(store.head_bucket("third")));
}

TEST_F(Settings, WhatABucketNeverHasIsAnsweredAsAmazonDoes) {
    for (const auto& [subresource, code] :
         Pairs{{"policy", "NoSuchBucketPolicy"},
               {"policyStatus", "NoSuchBucketPolicy"},
               {"encryption", "ServerSideEncryptionConfigurationNotFoundError"},
               {"website", "NoSuchWebsiteConfiguration"},
               {"replication", "ReplicationConfigurationNotFoundError"},
               {"object-lock", "ObjectLockConfigurationNotFoundError"}}) {
        const Answer answer = send(Method::get, "/photos?" + subresource);
        EXPECT_EQ(answer.status, 404) << subresource;
        EXPECT_EQ(answer.code(), code);
        EXPECT_EQ(send(Method::get, "/nowhere?" + subresource).code(), "NoSuchBucket");
        EXPECT_EQ(send(Method::put, "/photos?" + subresource, {}, "<A/>").status, 501);
    }
    for (const auto& [subresource, root] : Pairs{{"accelerate", "AccelerateConfiguration"},
                                                 {"logging", "BucketLoggingStatus"},
                                                 {"notification", "NotificationConfiguration"}}) {
        const Answer answer = send(Method::get, "/photos?" + subresource);
        EXPECT_EQ(answer.status, 200);
        EXPECT_THAT(answer.body, testing::HasSubstr("<" + root));
        EXPECT_EQ(send(Method::put, "/photos?" + subresource, {}, "<A/>").status, 501);
    }
    EXPECT_EQ(send(Method::get, "/photos?requestPayment").element("Payer"), "BucketOwner");
}

}  // namespace
}  // namespace slipway::gateway
