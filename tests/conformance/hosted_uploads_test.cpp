// SPDX-License-Identifier: Apache-2.0
#include "codec/digest.h"
#include "codec/hex.h"
#include "conformance/hosted_conformance.h"

// What holds of uploads in parts in every store that a gateway stands before.
namespace slipway::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(HostedConformance, tells_what_an_upload_was_begun_with) {
    objects::CreateMultipartRequest request;
    request.bucket = bucket;
    request.key = "key";
    request.attributes.content_type = "text/plain";
    request.attributes.storage_class = "STANDARD_IA";
    request.attributes.tagging = "a=b";
    request.attributes.acl = "public-read";
    request.checksum_algorithm = Algorithm::crc32;
    request.composite = true;
    const auto upload = run(store().create_multipart(request)).value();
    const auto found = run(hosted().find_multipart(upload));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->upload, upload);
    EXPECT_EQ(found->attributes, request.attributes);
    EXPECT_EQ(found->checksum_algorithm, request.checksum_algorithm);
    EXPECT_TRUE(found->composite);
    EXPECT_EQ(found->initiated, fixture().clock.now());

    const auto part = put_part(upload, 1, "bytes");
    ASSERT_TRUE(complete(complete_request(upload, {*part})));
    EXPECT_EQ(code_of(run(hosted().find_multipart(upload))), "NoSuchUpload");
    EXPECT_EQ(head("key")->attributes, request.attributes);
}

TEST_P(HostedConformance, an_id_that_was_not_given_out_is_no_upload) {
    const auto upload = begin("key");
    std::vector<std::string> ids = {"",
                                    "nonsense",
                                    "../../etc",
                                    std::string(10'000, 'a'),
                                    std::string("\0", 1),
                                    upload.upload_id + "0",
                                    std::string(48, '0'),
                                    std::string(48, 'f')};
    std::string altered = upload.upload_id;
    altered.back() = altered.back() == '2' ? '3' : '2';
    ids.push_back(altered);
    for (const std::string& id : ids) {
        objects::MultipartUpload other = upload;
        other.upload_id = id;
        EXPECT_EQ(code_of(run(hosted().find_multipart(other))), "NoSuchUpload") << id;
        EXPECT_EQ(code_of(put_part(other, 1, "bytes")), "NoSuchUpload") << id;
        EXPECT_EQ(code_of(complete(complete_request(other, {objects::PartInfo()}))), "NoSuchUpload")
            << id;
        EXPECT_TRUE(run(store().abort_multipart(other))) << id;
    }
    EXPECT_TRUE(run(hosted().find_multipart(upload)));
    ASSERT_TRUE(run(store().create_bucket("other-bucket")));
    objects::MultipartUpload elsewhere = upload;
    elsewhere.bucket = "other-bucket";
    EXPECT_EQ(code_of(run(hosted().find_multipart(elsewhere))), "NoSuchUpload");
}

TEST_P(HostedConformance, a_checksum_over_those_of_the_parts_is_that_of_the_object) {
    for (const Algorithm algorithm : {Algorithm::sha1, Algorithm::sha256, Algorithm::crc32}) {
        objects::CreateMultipartRequest request;
        request.bucket = bucket;
        request.key = "composite";
        request.checksum_algorithm = algorithm;
        request.composite = true;
        const auto upload = run(store().create_multipart(request)).value();
        const auto one = put_part(upload, 1, pattern(part_bytes), algorithm);
        const auto two = put_part(upload, 2, "end", algorithm);
        ASSERT_TRUE(one && two);
        const auto completed = complete(complete_request(upload, {*one, *two}));
        ASSERT_TRUE(completed) << completed.error().message;
        const auto expected = objects::composite_checksum(std::vector{*one, *two});
        ASSERT_TRUE(expected);
        EXPECT_TRUE(expected->value.ends_with("-2"));
        EXPECT_EQ(completed->checksum, expected);
        EXPECT_EQ(head("composite")->checksum, expected);
    }
}

TEST_P(HostedConformance, such_a_checksum_needs_those_of_the_parts) {
    const auto upload = begin("composite", Algorithm::sha256);
    auto part = put_part(upload, 1, "bytes").value();
    EXPECT_EQ(part.checksum, objects::checksum_of(Algorithm::sha256, "bytes"));
    auto request = complete_request(upload, {part});
    request.parts[0].checksum.reset();
    EXPECT_EQ(code_of(complete(request)), "InvalidRequest");
    request.parts[0].checksum = objects::checksum_of(Algorithm::sha256, "others");
    EXPECT_EQ(code_of(complete(request)), "InvalidPart");
    EXPECT_TRUE(complete(complete_request(upload, {part})));
}

TEST_P(HostedConformance, a_part_may_be_declared_by_a_checksum_that_is_not_kept) {
    const auto upload = begin("key");
    objects::PutPartRequest request;
    request.upload = upload;
    request.checksum = objects::checksum_of(Algorithm::crc32, "jello");
    EXPECT_EQ(code_of(put_part(request, "hello")), "BadDigest");
    request.checksum = objects::checksum_of(Algorithm::crc32, "hello");
    const auto part = put_part(request, "hello");
    ASSERT_TRUE(part) << part.error().message;
    EXPECT_EQ(part->checksum, objects::checksum_of(Algorithm::crc64nvme, "hello"));
    const auto completed = complete(complete_request(upload, {*part}));
    ASSERT_TRUE(completed);
    EXPECT_EQ(completed->checksum, objects::checksum_of(Algorithm::crc64nvme, "hello"));

    request.upload = begin("other", Algorithm::crc32c);
    EXPECT_EQ(code_of(put_part(request, "hello")), "InvalidRequest");
    request.checksum.reset();
    request.content_sha256 = codec::hex_encode(codec::sha256("jello"));
    EXPECT_EQ(code_of(put_part(request, "hello")), "XAmzContentSHA256Mismatch");
    EXPECT_THAT(list_parts(request.upload)->parts, IsEmpty());
}

TEST_P(HostedConformance, completing_again_answers_the_same_while_the_object_is_there) {
    const auto upload = begin("key");
    const auto one = put_part(upload, 3, "bytes").value();
    auto request = complete_request(upload, {one});
    request.conditions.if_none_match = "*";
    const auto completed = complete(request);
    ASSERT_TRUE(completed) << completed.error().message;
    const auto again = complete(request);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->etag, completed->etag);
    EXPECT_EQ(again->size, completed->size);
    EXPECT_EQ(again->checksum, completed->checksum);
    auto other = request;
    other.parts[0].etag = codec::hex_encode(codec::md5("other"));
    EXPECT_EQ(code_of(complete(other)), "NoSuchUpload");
    ASSERT_TRUE(run(store().abort_multipart(upload)));
    EXPECT_EQ(get("key").value(), "bytes") << "there is nothing to abort any more";
    ASSERT_TRUE(put("key", "later"));
    EXPECT_EQ(code_of(complete(request)), "NoSuchUpload");
    EXPECT_EQ(get("key").value(), "later");
}

TEST_P(HostedConformance, refuses_another_size_than_that_of_the_parts) {
    const auto upload = begin("key");
    const auto part = put_part(upload, 1, "bytes").value();
    auto request = complete_request(upload, {part});
    request.size = 6;
    EXPECT_EQ(code_of(complete(request)), "InvalidRequest");
    request.size.reset();
    EXPECT_TRUE(complete(request));
}

TEST_P(HostedConformance, lists_uploads_by_key_and_then_as_they_were_begun) {
    std::vector<objects::MultipartUpload> begun;
    for (const char* key : {"b", "a/2", "a", "b", "a/1", "b"}) {
        begun.push_back(begin(key, Algorithm::crc32c));
    }
    const std::vector<objects::MultipartUpload> ordered = {begun[2], begun[4], begun[1],
                                                           begun[0], begun[3], begun[5]};
    for (const unsigned page_size : {1U, 2U, 4U, 6U, 100U}) {
        objects::ListMultipartUploadsRequest request;
        request.bucket = bucket;
        request.uploads_max = page_size;
        std::vector<objects::MultipartUpload> listed;
        while (true) {
            const auto page = run(store().list_multipart_uploads(request));
            ASSERT_TRUE(page) << page.error().message;
            for (const auto& upload : page->uploads) {
                listed.push_back(upload.upload);
                EXPECT_EQ(upload.checksum_algorithm, Algorithm::crc32c);
                EXPECT_EQ(upload.initiated, fixture().clock.now());
                EXPECT_EQ(upload.storage_class, "STANDARD");
            }
            if (!page->truncated) {
                break;
            }
            EXPECT_EQ(page->uploads.size(), page_size);
            request.key_marker = page->next_key_marker;
            request.upload_id_marker = page->next_upload_id_marker;
        }
        EXPECT_EQ(listed, ordered) << page_size;
    }
    objects::ListMultipartUploadsRequest request;
    request.bucket = bucket;
    request.key_marker = "a/2";
    EXPECT_EQ(run(store().list_multipart_uploads(request))->uploads.size(), 3U)
        << "a marker without an id leaves all of its key out";
}

TEST_P(HostedConformance, groups_uploads_by_a_delimiter) {
    for (const char* key : {"a/1", "a/2", "b", "c/x/1", "c/y", "d"}) {
        begin(key);
    }
    objects::ListMultipartUploadsRequest request;
    request.bucket = bucket;
    request.delimiter = "/";
    for (const unsigned page_size : {1U, 2U, 3U, 100U}) {
        request.uploads_max = page_size;
        request.key_marker = request.upload_id_marker = "";
        std::vector<std::string> names;
        while (true) {
            const auto page = run(store().list_multipart_uploads(request));
            ASSERT_TRUE(page) << page.error().message;
            for (const auto& upload : page->uploads) {
                names.push_back(upload.upload.key);
            }
            names.insert(names.end(), page->common_prefixes.begin(), page->common_prefixes.end());
            if (!page->truncated) {
                break;
            }
            request.key_marker = page->next_key_marker;
            request.upload_id_marker = page->next_upload_id_marker;
        }
        EXPECT_THAT(names, testing::UnorderedElementsAre("a/", "b", "c/", "d")) << page_size;
    }
    request.key_marker = request.upload_id_marker = "";
    request.prefix = "c/";
    request.uploads_max = 100;
    const auto page = run(store().list_multipart_uploads(request));
    EXPECT_THAT(page->common_prefixes, ElementsAre("c/x/"));
    ASSERT_EQ(page->uploads.size(), 1U);
    EXPECT_EQ(page->uploads[0].upload.key, "c/y");
}

TEST_P(HostedConformance, a_part_is_copied_of_an_object) {
    const std::string large = pattern(part_bytes + 1000);
    const std::string small = pattern(500, 7);
    ASSERT_TRUE(put("large", large));
    ASSERT_TRUE(put("small", small));
    ASSERT_TRUE(make("parts", {pattern(part_bytes, 2), pattern(part_bytes, 3)}));
    const std::string both = pattern(part_bytes, 2) + pattern(part_bytes, 3);

    const auto upload = begin("target");
    std::vector<objects::PartInfo> parts;
    std::string expected;
    const auto add = [&](objects::CopyPartRequest request, const std::string& bytes) {
        const auto copied = run(hosted().copy_part(request));
        ASSERT_TRUE(copied) << copied.error().message;
        EXPECT_EQ(copied->part.number, request.number);
        EXPECT_EQ(copied->part.size, bytes.size());
        EXPECT_EQ(copied->part.etag, codec::hex_encode(codec::md5(bytes)));
        EXPECT_EQ(copied->part.checksum, objects::checksum_of(Algorithm::crc64nvme, bytes));
        EXPECT_EQ(copied->last_modified, fixture().clock.now());
        parts.push_back(copied->part);
        expected += bytes;
    };
    add(copy_part_request(upload, 1, "large"), large);
    auto ranged = copy_part_request(upload, 2, "large");
    ranged.range = objects::ByteRange{7, part_bytes + 6, {}};
    add(ranged, large.substr(7, part_bytes));
    add(copy_part_request(upload, 3, "parts"), both);
    ranged = copy_part_request(upload, 4, "parts");
    ranged.range = objects::ByteRange{3, part_bytes + 99, {}};
    add(ranged, both.substr(3, part_bytes + 97));
    ranged = copy_part_request(upload, 5, "small");
    ranged.range = objects::ByteRange{499, 499, {}};
    add(ranged, small.substr(499));
    EXPECT_EQ(list_parts(upload)->parts, parts);
    ASSERT_TRUE(run(store().remove(bucket, "large")));
    const auto completed = complete(complete_request(upload, parts));
    ASSERT_TRUE(completed) << completed.error().message;
    EXPECT_EQ(get("target").value(), expected);
    EXPECT_EQ(completed->checksum, objects::checksum_of(Algorithm::crc64nvme, expected));
}

TEST_P(HostedConformance, a_copied_part_has_the_checksum_of_its_upload) {
    ASSERT_TRUE(put("source", pattern(part_bytes)));
    const auto upload = begin("target", Algorithm::sha256);
    const auto copied = run(hosted().copy_part(copy_part_request(upload, 1, "source")));
    ASSERT_TRUE(copied);
    EXPECT_EQ(copied->part.checksum, objects::checksum_of(Algorithm::sha256, pattern(part_bytes)));
}

TEST_P(HostedConformance, says_why_a_part_cannot_be_copied) {
    const auto source = put("source", "0123456789").value();
    const auto upload = begin("target");
    auto request = copy_part_request(upload, 1, "nothing");
    EXPECT_EQ(code_of(run(hosted().copy_part(request))), "NoSuchKey");
    request.source_key = "source";
    request.source_conditions.if_none_match = source.etag;
    EXPECT_EQ(code_of(run(hosted().copy_part(request))), "PreconditionFailed");
    request.source_conditions = {};
    request.range = objects::ByteRange{5, 10, {}};
    EXPECT_EQ(kind_of(run(hosted().copy_part(request))), ErrorKind::invalid_argument);
    request.range = objects::ByteRange{5, {}, {}};
    EXPECT_EQ(code_of(run(hosted().copy_part(request))), "InvalidArgument");
    request.range.reset();
    request.number = 10'001;
    EXPECT_EQ(code_of(run(hosted().copy_part(request))), "InvalidArgument");
    request.number = 1;
    request.upload.key = "other";
    EXPECT_EQ(code_of(run(hosted().copy_part(request))), "NoSuchUpload");
    EXPECT_THAT(list_parts(upload)->parts, IsEmpty());
}

}  // namespace
}  // namespace slipway::test
