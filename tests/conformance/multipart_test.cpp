// SPDX-License-Identifier: Apache-2.0
#include "codec/digest.h"
#include "codec/hex.h"
#include "conformance/multipart_conformance.h"

// What holds of uploads in parts in every store that takes them.
namespace slipway::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(MultipartConformance, makes_the_object_of_its_parts_in_order) {
    objects::CreateMultipartRequest request;
    request.bucket = bucket;
    request.key = "a b/\u00fc+%.bin";
    request.attributes.content_type = "text/plain; charset=utf-8";
    request.attributes.cache_control = "max-age=3600";
    request.attributes.user_metadata = {{"owner", "j"}};
    const auto upload = run(store().create_multipart(request));
    ASSERT_TRUE(upload) << upload.error().message;
    const std::string first = pattern(part_bytes, 1);
    const std::string second = pattern(part_bytes + 1, 2);
    const std::string last = pattern(100, 3);
    const auto third_part = put_part(*upload, 7, last);
    ASSERT_TRUE(third_part) << third_part.error().message;
    const auto first_part = put_part(*upload, 1, first);
    const auto second_part = put_part(*upload, 2, second);
    ASSERT_TRUE(first_part && second_part);
    EXPECT_EQ(first_part->etag, codec::hex_encode(codec::md5(first)));
    EXPECT_EQ(first_part->size, first.size());
    EXPECT_EQ(code_of(head(request.key)), "NoSuchKey") << "nothing is seen before it is whole";

    const auto complete_this = complete_request(*upload, {*first_part, *second_part, *third_part});
    const auto made = complete(complete_this);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->key, request.key);
    EXPECT_EQ(made->size, first.size() + second.size() + last.size());
    EXPECT_EQ(made->etag, objects::multipart_etag(complete_this.parts));
    EXPECT_EQ(get(request.key).value(), first + second + last);
    const auto info = head(request.key);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->attributes.content_type, request.attributes.content_type);
    EXPECT_EQ(info->attributes.cache_control, request.attributes.cache_control);
    EXPECT_EQ(info->attributes.user_metadata, request.attributes.user_metadata);
    EXPECT_EQ(info->etag, made->etag);
    EXPECT_TRUE(objects::is_made_of(*info, complete_this));
    EXPECT_EQ(code_of(list_parts(*upload)), "NoSuchUpload");
}

TEST_P(MultipartConformance, keeps_a_checksum_of_the_whole_object) {
    for (const Algorithm algorithm : {Algorithm::crc64nvme, Algorithm::crc32c}) {
        const auto upload = begin("whole", algorithm);
        const std::string first = pattern(part_bytes, 1);
        const std::string second = pattern(1000, 2);
        const auto one = put_part(upload, 1, first, algorithm);
        const auto two = put_part(upload, 2, second, algorithm);
        ASSERT_TRUE(one && two);
        EXPECT_EQ(one->checksum, objects::checksum_of(algorithm, first));
        auto request = complete_request(upload, {*one, *two});
        request.checksum = objects::checksum_of(algorithm, "something else");
        EXPECT_EQ(kind_of(complete(request)), ErrorKind::corrupted);
        EXPECT_EQ(code_of(head("whole")), "NoSuchKey");
        request.checksum = objects::checksum_of(algorithm, first + second);
        const auto made = complete(request);
        ASSERT_TRUE(made) << made.error().message;
        EXPECT_EQ(made->checksum, request.checksum);
        EXPECT_EQ(head("whole")->checksum, request.checksum);
        ASSERT_TRUE(run(store().remove(bucket, "whole")));
    }
}

/// The client takes no notice of such a checksum.
bool none_of_the_whole(const std::optional<objects::Checksum>& checksum) {
    return !checksum || objects::is_composite(*checksum);
}

TEST_P(MultipartConformance, a_checksum_over_those_of_the_parts_is_none_of_the_whole_object) {
    const auto upload = begin("composite", Algorithm::sha256);
    const auto one = put_part(upload, 1, pattern(part_bytes), Algorithm::sha256);
    const auto two = put_part(upload, 2, "end", Algorithm::sha256);
    ASSERT_TRUE(one && two);
    const auto made = complete(complete_request(upload, {*one, *two}));
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_TRUE(none_of_the_whole(made->checksum));
    EXPECT_TRUE(none_of_the_whole(head("composite")->checksum));
}

TEST_P(MultipartConformance, refuses_a_part_that_is_not_what_was_declared) {
    objects::PutPartRequest request;
    request.upload = begin("declared", Algorithm::crc32c);
    request.checksum = objects::checksum_of(Algorithm::crc32c, "jello");
    EXPECT_EQ(kind_of(put_part(request, "hello")), ErrorKind::corrupted);
    EXPECT_THAT(list_parts(request.upload)->parts, IsEmpty());
    request.checksum = objects::checksum_of(Algorithm::crc32c, "hello");
    EXPECT_TRUE(put_part(request, "hello"));

    request = {};
    request.upload = begin("declared");
    request.content_md5 = codec::hex_encode(codec::md5("jello"));
    EXPECT_EQ(kind_of(put_part(request, "hello")), ErrorKind::corrupted);
    EXPECT_THAT(list_parts(request.upload)->parts, IsEmpty());
    request.content_md5 = codec::hex_encode(codec::md5("hello"));
    EXPECT_TRUE(put_part(request, "hello"));
    request.number = 10'001;
    EXPECT_EQ(kind_of(put_part(request, "hello")), ErrorKind::invalid_argument);
}

TEST_P(MultipartConformance, a_part_that_breaks_off_is_not_there) {
    const auto upload = begin("broken");
    objects::PutPartRequest request;
    request.upload = upload;
    BreakingBody body(pattern(300'000), 600'000);
    EXPECT_FALSE(run(store().put_part(request, body)));
    EXPECT_THAT(list_parts(upload)->parts, IsEmpty());
}

TEST_P(MultipartConformance, a_part_put_again_takes_the_place_of_the_one_before) {
    const auto upload = begin("again");
    const auto wrong = put_part(upload, 1, "wrong");
    const auto right = put_part(upload, 1, "right");
    ASSERT_TRUE(wrong && right);
    EXPECT_EQ(code_of(complete(complete_request(upload, {*wrong}))), "InvalidPart");
    ASSERT_TRUE(complete(complete_request(upload, {*right})));
    EXPECT_EQ(get("again").value(), "right");
}

TEST_P(MultipartConformance, an_object_may_be_made_of_one_empty_part) {
    const auto upload = begin("empty");
    const auto part = put_part(upload, 1, "");
    ASSERT_TRUE(part) << part.error().message;
    ASSERT_TRUE(complete(complete_request(upload, {*part})));
    EXPECT_EQ(get("empty").value(), "");
}

TEST_P(MultipartConformance, parts_that_are_not_named_are_left_out) {
    const auto upload = begin("some");
    ASSERT_TRUE(put_part(upload, 1, "one"));
    const auto two = put_part(upload, 2, "two");
    ASSERT_TRUE(complete(complete_request(upload, {*two})));
    EXPECT_EQ(get("some").value(), "two");
}

TEST_P(MultipartConformance, refuses_to_make_an_object_of_what_is_not_right) {
    const auto upload = begin("refused");
    const auto small = put_part(upload, 1, "small");
    const auto other = put_part(upload, 2, pattern(part_bytes));
    ASSERT_TRUE(small && other);
    EXPECT_EQ(code_of(complete(complete_request(upload, {*other, *small}))), "InvalidPartOrder");
    EXPECT_EQ(code_of(complete(complete_request(upload, {*small, *other}))), "EntityTooSmall");
    objects::PartInfo absent = *other;
    absent.number = 3;
    EXPECT_EQ(code_of(complete(complete_request(upload, {absent}))), "InvalidPart");
    EXPECT_EQ(kind_of(complete(complete_request(upload, {}))), ErrorKind::invalid_argument);
    EXPECT_EQ(code_of(head("refused")), "NoSuchKey");
    EXPECT_EQ(list_parts(upload)->parts.size(), 2u) << "what was put can still be used";
}

TEST_P(MultipartConformance, keeps_to_conditions_when_it_makes_the_object) {
    ASSERT_TRUE(put("there", "before"));
    const auto upload = begin("there");
    const auto part = put_part(upload, 1, "after");
    auto request = complete_request(upload, {*part});
    request.conditions.if_none_match = "*";
    const auto refused = complete(request);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::precondition_failed);
    EXPECT_EQ(get("there").value(), "before");
    request.conditions.if_none_match.clear();
    request.conditions.if_match = head("there")->etag;
    ASSERT_TRUE(complete(request));
    EXPECT_EQ(get("there").value(), "after");
}

TEST_P(MultipartConformance, an_aborted_upload_is_gone_and_may_be_aborted_again) {
    ASSERT_TRUE(put("aborted", "before"));
    const auto upload = begin("aborted");
    const auto part = put_part(upload, 1, "after");
    EXPECT_TRUE(run(store().abort_multipart(upload)));
    EXPECT_TRUE(run(store().abort_multipart(upload)));
    EXPECT_EQ(code_of(put_part(upload, 2, "more")), "NoSuchUpload");
    EXPECT_EQ(code_of(list_parts(upload)), "NoSuchUpload");
    EXPECT_EQ(code_of(complete(complete_request(upload, {*part}))), "NoSuchUpload");
    EXPECT_EQ(get("aborted").value(), "before");
}

TEST_P(MultipartConformance, lists_parts_by_number_page_by_page) {
    const auto upload = begin("listed", Algorithm::crc32c);
    std::vector<objects::PartInfo> put;
    for (const unsigned number : {1U, 2U, 3U, 10U, 200U}) {
        const std::string bytes = "part " + std::to_string(number);
        put.push_back(put_part(upload, number, bytes, Algorithm::crc32c).value());
    }
    EXPECT_EQ(list_parts(upload)->parts, put);
    std::vector<objects::PartInfo> paged;
    objects::ListPartsRequest request;
    request.upload = upload;
    request.parts_max = 2;
    for (int pages = 1;; ++pages) {
        const auto page = run(store().list_parts(request));
        ASSERT_TRUE(page) << page.error().message;
        paged.insert(paged.end(), page->parts.begin(), page->parts.end());
        if (!page->truncated) {
            EXPECT_EQ(pages, 3);
            break;
        }
        EXPECT_EQ(page->parts.size(), 2u);
        request.number_marker = page->next_number_marker;
    }
    EXPECT_EQ(paged, put);
}

TEST_P(MultipartConformance, lists_the_uploads_of_a_key) {
    const auto upload = begin("dir/\u00fc +.bin");
    objects::ListMultipartUploadsRequest request;
    request.bucket = bucket;
    request.prefix = upload.key;
    const auto page = run(store().list_multipart_uploads(request));
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->uploads.size(), 1u);
    EXPECT_EQ(page->uploads[0].upload, upload);
    EXPECT_GT(page->uploads[0].initiated, Time{});
    ASSERT_TRUE(run(store().abort_multipart(upload)));
    EXPECT_THAT(run(store().list_multipart_uploads(request))->uploads, IsEmpty());
}

TEST_P(MultipartConformance, lists_all_uploads_page_by_page) {
    if (GetParam().name == "client_to_minio") {
        GTEST_SKIP() << "MinIO lists only uploads of the key that is the whole prefix";
    }
    std::vector<objects::MultipartUpload> begun;
    for (const char* key : {"a", "a", "b/1", "b/2", "c"}) {
        begun.push_back(begin(key));
    }
    objects::ListMultipartUploadsRequest request;
    request.bucket = bucket;
    request.uploads_max = 2;
    std::vector<objects::MultipartUpload> paged;
    while (true) {
        const auto page = run(store().list_multipart_uploads(request));
        ASSERT_TRUE(page) << page.error().message;
        for (const auto& listed : page->uploads) {
            paged.push_back(listed.upload);
        }
        if (!page->truncated) {
            break;
        }
        request.key_marker = page->next_key_marker;
        request.upload_id_marker = page->next_upload_id_marker;
    }
    EXPECT_EQ(paged, begun);
    request = {};
    request.bucket = bucket;
    request.prefix = "b/";
    EXPECT_EQ(run(store().list_multipart_uploads(request))->uploads.size(), 2u);
}

TEST_P(MultipartConformance, names_what_is_missing) {
    objects::CreateMultipartRequest request;
    request.bucket = "no-such-bucket";
    request.key = "a";
    EXPECT_EQ(code_of(run(store().create_multipart(request))), "NoSuchBucket");
    const auto upload = begin("key");
    objects::MultipartUpload other = upload;
    other.key = "another key";
    EXPECT_EQ(code_of(put_part(other, 1, "bytes")), "NoSuchUpload");
    EXPECT_EQ(code_of(list_parts(other)), "NoSuchUpload");
}

}  // namespace
}  // namespace slipway::test
