// SPDX-License-Identifier: Apache-2.0
#include "conformance/hosted_conformance.h"

// What holds of buckets in every store that a gateway stands before.
namespace slipway::test {
namespace {

using objects::BucketSetting;
using testing::IsEmpty;

TEST_P(HostedConformance, a_bucket_keeps_what_is_set_of_it) {
    const auto before = hosted().bucket_settings(bucket);
    ASSERT_TRUE(before);
    ASSERT_NE(*before, nullptr);
    EXPECT_THAT(**before, IsEmpty());
    objects::BucketSettings expected;
    for (const auto setting : {BucketSetting::acl, BucketSetting::cors, BucketSetting::lifecycle,
                               BucketSetting::ownership_controls,
                               BucketSetting::public_access_block, BucketSetting::tagging}) {
        const std::string text = "<text n='" + std::to_string(expected.size()) + "'/>";
        ASSERT_TRUE(run(hosted().change_bucket(bucket, setting, text)));
        expected[setting] = text;
        EXPECT_EQ(*hosted().bucket_settings(bucket).value(), expected);
    }
    EXPECT_THAT(**before, IsEmpty()) << "who holds one state sees no other";
    ASSERT_TRUE(run(hosted().change_bucket(bucket, BucketSetting::cors, "other")));
    expected[BucketSetting::cors] = "other";
    ASSERT_TRUE(run(hosted().change_bucket(bucket, BucketSetting::acl, std::nullopt)));
    expected.erase(BucketSetting::acl);
    ASSERT_TRUE(run(hosted().change_bucket(bucket, BucketSetting::acl, std::nullopt)));
    EXPECT_EQ(*hosted().bucket_settings(bucket).value(), expected);
}

TEST_P(HostedConformance, a_bucket_made_anew_has_nothing_of_the_one_before) {
    ASSERT_TRUE(run(hosted().change_bucket(bucket, BucketSetting::acl, "public-read")));
    const auto upload = begin("key");
    ASSERT_TRUE(put_part(upload, 1, pattern(100'000)));
    ASSERT_TRUE(run(store().remove_bucket(bucket))) << "unfinished uploads go with it";
    EXPECT_EQ(code_of(hosted().bucket_settings(bucket)), "NoSuchBucket");
    EXPECT_EQ(code_of(run(hosted().change_bucket(bucket, BucketSetting::acl, "private"))),
              "NoSuchBucket");
    EXPECT_EQ(code_of(put_part(upload, 2, "more")), "NoSuchBucket");
    ASSERT_TRUE(run(store().create_bucket(bucket)));
    EXPECT_THAT(*hosted().bucket_settings(bucket).value(), IsEmpty());
    EXPECT_EQ(code_of(list_parts(upload)), "NoSuchUpload");
    objects::ListMultipartUploadsRequest request;
    request.bucket = bucket;
    EXPECT_THAT(run(store().list_multipart_uploads(request))->uploads, IsEmpty());
}

TEST_P(HostedConformance, a_bucket_with_an_object_in_parts_is_not_empty) {
    ASSERT_TRUE(make("key", {"bytes"}));
    EXPECT_EQ(code_of(run(store().remove_bucket(bucket))), "BucketNotEmpty");
    ASSERT_TRUE(run(store().remove(bucket, "key")));
    EXPECT_TRUE(run(store().remove_bucket(bucket)));
}

}  // namespace
}  // namespace slipway::test
