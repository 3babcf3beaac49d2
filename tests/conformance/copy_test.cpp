// SPDX-License-Identifier: Apache-2.0
#include "conformance/object_store_conformance.h"

// What holds of copying in every store.
namespace slipway::test {
namespace {

objects::CopyRequest copy_request(std::string from, std::string to) {
    objects::CopyRequest request;
    request.source_bucket = request.bucket = "photos";
    request.source_key = std::move(from);
    request.key = std::move(to);
    return request;
}

TEST_P(ObjectStoreConformance, copies_outlive_their_source) {
    for (const std::size_t size : {0UL, 100UL, 300'000UL}) {
        auto request = put_request("source");
        request.attributes.content_type = "image/png";
        request.attributes.user_metadata = {{"owner", "me"}};
        const auto stored = put(request, pattern(size));
        ASSERT_TRUE(stored);
        const auto copied = run(store().copy(copy_request("source", "target")));
        ASSERT_TRUE(copied) << copied.error().message;
        EXPECT_EQ(copied->key, "target");
        EXPECT_EQ(copied->etag, stored->etag);
        ASSERT_TRUE(run(store().remove(bucket, "source")));
        EXPECT_EQ(get("target").value(), pattern(size));
        EXPECT_EQ(head("target")->attributes, request.attributes);
        EXPECT_EQ(head("target")->checksum, stored->checksum);
    }
}

TEST_P(ObjectStoreConformance, a_copy_may_have_attributes_of_its_own) {
    ASSERT_TRUE(put("source", "bytes"));
    auto request = copy_request("source", "target");
    request.attributes.emplace();
    request.attributes->content_type = "text/plain";
    ASSERT_TRUE(run(store().copy(request)));
    EXPECT_EQ(head("target")->attributes, *request.attributes);

    auto tier = copy_request("source", "tier");
    tier.storage_class = "GLACIER";
    ASSERT_TRUE(run(store().copy(tier)));
    EXPECT_EQ(head("tier")->attributes.storage_class, "GLACIER");
}

TEST_P(ObjectStoreConformance, a_copy_onto_itself_changes_attributes) {
    for (const std::size_t size : {100UL, 300'000UL}) {
        ASSERT_TRUE(put("key", pattern(size)));
        auto request = copy_request("key", "key");
        request.attributes.emplace();
        request.attributes->content_type = "text/plain";
        request.attributes->user_metadata = {{"new", "value"}};
        ASSERT_TRUE(run(store().copy(request)));
        EXPECT_EQ(get("key").value(), pattern(size));
        EXPECT_EQ(head("key")->attributes, *request.attributes);
    }
}

TEST_P(ObjectStoreConformance, a_copy_may_have_another_checksum) {
    for (const std::size_t size : {100UL, 300'000UL}) {
        ASSERT_TRUE(put("source", pattern(size)));
        auto request = copy_request("source", "target");
        request.checksum_algorithm = objects::ChecksumAlgorithm::sha256;
        ASSERT_TRUE(run(store().copy(request)));
        auto check = put_request("check");
        check.checksum = objects::Checksum{objects::ChecksumAlgorithm::sha256, ""};
        ASSERT_TRUE(put(check, pattern(size)));
        EXPECT_EQ(head("target")->checksum, head("check")->checksum);
    }
}

TEST_P(ObjectStoreConformance, copy_errors_name_what_is_missing_or_does_not_hold) {
    EXPECT_EQ(code_of(run(store().copy(copy_request("nothing", "target")))), "NoSuchKey");
    const auto stored = put("source", "bytes");
    ASSERT_TRUE(stored);
    auto elsewhere = copy_request("source", "target");
    elsewhere.bucket = "missing";
    EXPECT_EQ(code_of(run(store().copy(elsewhere))), "NoSuchBucket");
    auto conditional = copy_request("source", "target");
    conditional.source_conditions.if_match = "other";
    EXPECT_EQ(code_of(run(store().copy(conditional))), "PreconditionFailed");
    conditional.source_conditions = {};
    conditional.source_conditions.if_none_match = stored->etag;
    EXPECT_EQ(code_of(run(store().copy(conditional))), "PreconditionFailed");
    EXPECT_EQ(code_of(head("target")), "NoSuchKey");
}

TEST_P(ObjectStoreConformance, copies_between_buckets) {
    ASSERT_TRUE(run(store().create_bucket("archive")));
    ASSERT_TRUE(put("key", "bytes"));
    auto request = copy_request("key", "key");
    request.bucket = "archive";
    ASSERT_TRUE(run(store().copy(request)));
    ASSERT_TRUE(run(store().remove(bucket, "key")));
    auto wanted = get_request("key");
    wanted.bucket = "archive";
    EXPECT_EQ(get(wanted).value(), "bytes");
}

}  // namespace
}  // namespace slipway::test
