// SPDX-License-Identifier: Apache-2.0
#include "codec/base64.h"
#include "objects/running_checksum.h"
#include "s3/multipart_documents.h"
#include "s3_client_fixture.h"

namespace slipway::client {
namespace {

using objects::ChecksumAlgorithm;
using testing::HasSubstr;
using testing::IsEmpty;

const objects::MultipartUpload upload{"photos", "a b.bin", "id/+="};

class S3MultipartTest : public S3ClientTest {
  protected:
    static objects::CompleteMultipartRequest two_parts() {
        objects::CompleteMultipartRequest request;
        request.upload = upload;
        request.size = 5'242'885;
        request.parts = {
            {1, 5'242'880, "aaaa", objects::Checksum{ChecksumAlgorithm::crc64nvme, "AAAA"}},
            {2, 5, "bbbb", std::nullopt}};
        request.checksum = objects::Checksum{ChecksumAlgorithm::crc64nvme, "WHOLE"};
        return request;
    }

    std::string_view seen_header(std::string_view name) const {
        return s3_.seen.at(0).request.headers.get(name);
    }
};

TEST_F(S3MultipartTest, BeginsWithAttributesAndTheKindOfChecksum) {
    s3_.script.push_back(
        ScriptedServer::answer(200, s3::create_multipart_xml({"photos", "a b.bin", "id/+="})));
    objects::CreateMultipartRequest request;
    request.bucket = "photos";
    request.key = "a b.bin";
    request.attributes.content_type = "video/mp4";
    request.attributes.storage_class = "GLACIER";
    request.attributes.tagging = "team=a%20b&keep=1";
    request.checksum_algorithm = ChecksumAlgorithm::crc64nvme;
    const auto begun = run(client_->create_multipart(request));
    ASSERT_TRUE(begun) << begun.error().message;
    EXPECT_EQ(*begun, upload);
    EXPECT_EQ(s3_.seen.at(0).request.method, http::Method::post);
    EXPECT_EQ(s3_.seen.at(0).request.target, "/photos/a%20b.bin?uploads=");
    EXPECT_EQ(seen_header("Content-Type"), "video/mp4");
    EXPECT_EQ(seen_header("x-amz-storage-class"), "GLACIER");
    EXPECT_EQ(seen_header("x-amz-tagging"), "team=a%20b&keep=1");
    EXPECT_EQ(seen_header("x-amz-checksum-algorithm"), "CRC64NVME");
    EXPECT_EQ(seen_header("x-amz-checksum-type"), "FULL_OBJECT");
}

TEST_F(S3MultipartTest, AShaIsOneOverThoseOfTheParts) {
    s3_.script.push_back(
        ScriptedServer::answer(200, s3::create_multipart_xml({"photos", "a b.bin", "id"})));
    objects::CreateMultipartRequest request;
    request.bucket = "photos";
    request.key = "a b.bin";
    request.checksum_algorithm = ChecksumAlgorithm::sha256;
    ASSERT_TRUE(run(client_->create_multipart(request)));
    EXPECT_EQ(seen_header("x-amz-checksum-type"), "COMPOSITE");
}

TEST_F(S3MultipartTest, SendsAPartWithItsChecksumAndSaysWhatTheStoreHas) {
    auto stored = ScriptedServer::answer(200);
    stored.headers.add("ETag", "\"5d41402abc4b2a76b9719d911017c592\"");
    stored.headers.add("x-amz-checksum-crc64nvme", "of the store");
    s3_.script.push_back(std::move(stored));
    objects::PutPartRequest request;
    request.upload = upload;
    request.number = 17;
    request.content_md5 = "5d41402abc4b2a76b9719d911017c592";
    request.checksum = objects::Checksum{ChecksumAlgorithm::crc64nvme, "ours"};
    MemoryBodyReader body("hello");
    const auto part = run(client_->put_part(request, body));
    ASSERT_TRUE(part) << part.error().message;
    const objects::PartInfo expected{
        17, 5, "5d41402abc4b2a76b9719d911017c592",
        objects::Checksum{ChecksumAlgorithm::crc64nvme, "of the store"}};
    EXPECT_EQ(*part, expected) << "not what we said: the caller compares";
    EXPECT_EQ(s3_.seen.at(0).request.target,
              "/photos/a%20b.bin?partNumber=17&uploadId=id%2F%2B%3D");
    EXPECT_EQ(s3_.seen.at(0).body, "hello");
    EXPECT_EQ(seen_header("x-amz-checksum-crc64nvme"), "ours");
    EXPECT_EQ(seen_header("Content-MD5"), "XUFAKrxLKna5cZ2REBfFkg==");
}

TEST_F(S3MultipartTest, APartNumberThatCannotBeIsNotSent) {
    for (const unsigned number : {0U, 10'001U}) {
        objects::PutPartRequest request;
        request.upload = upload;
        request.number = number;
        MemoryBodyReader body("hello");
        EXPECT_EQ(run(client_->put_part(request, body)).error().code, "InvalidArgument");
    }
    EXPECT_THAT(s3_.seen, IsEmpty());
}

TEST_F(S3MultipartTest, CompletesWithPartsChecksumSizeAndCondition) {
    s3::CompleteMultipartResult result;
    result.etag = "cccc-2";
    result.checksum_algorithm = "CRC64NVME";
    result.checksum_value = "WHOLE";
    result.checksum_type = "FULL_OBJECT";
    s3_.script.push_back(ScriptedServer::answer(200, s3::complete_multipart_xml(result)));
    auto request = two_parts();
    request.conditions.if_none_match = "*";
    const auto made = run(client_->complete_multipart(request));
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->key, "a b.bin");
    EXPECT_EQ(made->etag, "cccc-2");
    EXPECT_EQ(made->size, request.size);
    EXPECT_EQ(made->checksum, request.checksum);
    EXPECT_EQ(s3_.seen.at(0).request.method, http::Method::post);
    EXPECT_EQ(s3_.seen.at(0).request.target, "/photos/a%20b.bin?uploadId=id%2F%2B%3D");
    EXPECT_EQ(seen_header("x-amz-checksum-crc64nvme"), "WHOLE");
    EXPECT_EQ(seen_header("x-amz-checksum-type"), "FULL_OBJECT");
    EXPECT_EQ(seen_header("x-amz-mp-object-size"), "5242885");
    EXPECT_EQ(seen_header("If-None-Match"), "*");
    const auto sent = s3::parse_complete_multipart_request(s3_.seen.at(0).body);
    ASSERT_TRUE(sent) << sent.error().message;
    ASSERT_EQ(sent->size(), 2u);
    EXPECT_EQ(sent->at(0).etag, "aaaa");
    EXPECT_EQ(sent->at(0).checksum_algorithm, "CRC64NVME");
    EXPECT_EQ(sent->at(0).checksum_value, "AAAA");
    EXPECT_EQ(sent->at(1).number, 2u);
    EXPECT_EQ(sent->at(1).checksum_algorithm, "");
}

TEST_F(S3MultipartTest, PagesOfPartsThatDoNotAdvanceAreAnError) {
    for (const unsigned next : {0U, 4U, 5U}) {
        s3::ListPartsResult page;
        page.truncated = true;
        page.next_number_marker = next;
        s3_.script.push_back(ScriptedServer::answer(200, s3::list_parts_xml(page)));
        objects::ListPartsRequest request;
        request.upload = upload;
        request.number_marker = 5;
        const auto listed = run(client_->list_parts(request));
        ASSERT_FALSE(listed) << next;
        EXPECT_EQ(listed.error().kind, ErrorKind::corrupted);
        EXPECT_THAT(listed.error().message, HasSubstr("list parts of photos/a b.bin: "));
    }
}

TEST_F(S3MultipartTest, PagesOfUploadsThatDoNotAdvanceAreAnError) {
    for (const auto& [next_key, next_id] : {std::pair("", ""), std::pair("k", "id")}) {
        s3::ListMultipartUploadsResult page;
        page.truncated = true;
        page.next_key_marker = next_key;
        page.next_upload_id_marker = next_id;
        s3_.script.push_back(ScriptedServer::answer(200, s3::list_multipart_uploads_xml(page)));
        objects::ListMultipartUploadsRequest request;
        request.bucket = "photos";
        request.key_marker = "k";
        request.upload_id_marker = "id";
        const auto listed = run(client_->list_multipart_uploads(request));
        ASSERT_FALSE(listed) << next_key;
        EXPECT_EQ(listed.error().kind, ErrorKind::corrupted);
        EXPECT_THAT(listed.error().message, HasSubstr("list multipart uploads of photos: "));
    }
}

TEST_F(S3MultipartTest, AFailureAfterThe200IsAFailure) {
    s3_.script.push_back(ScriptedServer::answer(
        200,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n   \n \n"
        "<Error><Code>InternalError</Code><Message>We encountered an internal error."
        "</Message></Error>"));
    const auto failed = run(client_->complete_multipart(two_parts()));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, "InternalError");
    EXPECT_EQ(failed.error().http_status, 200);
    EXPECT_THAT(failed.error().message, HasSubstr("complete multipart upload of photos/a b.bin"));

    s3_.script.push_back(ScriptedServer::answer(
        200, "    <Error><Code>SlowDown</Code><Message>m</Message></Error>"));
    EXPECT_EQ(run(client_->complete_multipart(two_parts())).error().kind, ErrorKind::throttled);
}

TEST_F(S3MultipartTest, AnAnswerThatIsNoDocumentProvesNothing) {
    for (const char* text : {"", "   ", "<html/>", "<CompleteMultipartUploadResult>"}) {
        s3_.script.push_back(ScriptedServer::answer(200, text));
        const auto made = run(client_->complete_multipart(two_parts()));
        ASSERT_FALSE(made) << text;
        EXPECT_EQ(made.error().kind, ErrorKind::corrupted) << text;
    }
    s3_.script.push_back(ScriptedServer::answer(200, "<InitiateMultipartUploadResult/>"));
    objects::CreateMultipartRequest request;
    request.bucket = "photos";
    request.key = "a";
    EXPECT_EQ(run(client_->create_multipart(request)).error().kind, ErrorKind::corrupted);
}

TEST_F(S3MultipartTest, ACompositeChecksumIsNoneOfTheObject) {
    for (const auto& [value, type] : {std::pair("AAAA-2", ""), std::pair("AAAA-2", "COMPOSITE"),
                                      std::pair("AAAA", "COMPOSITE")}) {
        s3::CompleteMultipartResult result;
        result.checksum_algorithm = "SHA256";
        result.checksum_value = value;
        result.checksum_type = type;
        s3_.script.push_back(ScriptedServer::answer(200, s3::complete_multipart_xml(result)));
        const auto made = run(client_->complete_multipart(two_parts()));
        ASSERT_TRUE(made) << made.error().message;
        EXPECT_EQ(made->checksum, std::nullopt) << value << type;
    }
}

TEST_F(S3MultipartTest, AbortingWhatIsGoneIsDone) {
    s3_.script.push_back(ScriptedServer::answer(204));
    s3_.script.push_back(ScriptedServer::answer(
        404, "<Error><Code>NoSuchUpload</Code><Message>m</Message></Error>"));
    s3_.script.push_back(ScriptedServer::answer(
        404, "<Error><Code>NoSuchBucket</Code><Message>m</Message></Error>"));
    EXPECT_TRUE(run(client_->abort_multipart(upload)));
    EXPECT_TRUE(run(client_->abort_multipart(upload)));
    EXPECT_EQ(run(client_->abort_multipart(upload)).error().code, "NoSuchBucket");
    EXPECT_EQ(s3_.seen.at(0).request.method, http::Method::delete_);
    EXPECT_EQ(s3_.seen.at(0).request.target, "/photos/a%20b.bin?uploadId=id%2F%2B%3D");
}

TEST_F(S3MultipartTest, ListsPartsWithWhatTheyAre) {
    s3::ListPartsResult page;
    page.truncated = true;
    page.next_number_marker = 2;
    page.parts = {{1, "aaaa", "CRC64NVME", "AAAA", 5'242'880, Time{}},
                  {2, "bbbb", "", "", 7, Time{}}};
    s3_.script.push_back(ScriptedServer::answer(200, s3::list_parts_xml(page)));
    objects::ListPartsRequest request;
    request.upload = upload;
    request.parts_max = 2;
    const auto listed = run(client_->list_parts(request));
    ASSERT_TRUE(listed) << listed.error().message;
    EXPECT_TRUE(listed->truncated);
    EXPECT_EQ(listed->next_number_marker, 2u);
    const std::vector<objects::PartInfo> expected = {
        {1, 5'242'880, "aaaa", objects::Checksum{ChecksumAlgorithm::crc64nvme, "AAAA"}},
        {2, 7, "bbbb", std::nullopt}};
    EXPECT_EQ(listed->parts, expected);
    EXPECT_EQ(s3_.seen.at(0).request.target,
              "/photos/a%20b.bin?max-parts=2&part-number-marker=0&uploadId=id%2F%2B%3D");
}

TEST_F(S3MultipartTest, ListsUploadsPageByPage) {
    s3::ListMultipartUploadsResult page;
    page.url_encoded = true;
    page.truncated = true;
    page.next_key_marker = "dir/\x01 b";
    page.next_upload_id_marker = "id-2";
    page.uploads = {{"dir/a", "id-1", "STANDARD", Time{std::chrono::seconds(1)}},
                    {"dir/\x01 b", "id-2", "STANDARD", Time{std::chrono::seconds(2)}}};
    s3_.script.push_back(ScriptedServer::answer(200, s3::list_multipart_uploads_xml(page)));
    objects::ListMultipartUploadsRequest request;
    request.bucket = "photos";
    request.prefix = "dir/";
    request.key_marker = "dir/0 0";
    request.upload_id_marker = "id+0";
    request.uploads_max = 2;
    const auto listed = run(client_->list_multipart_uploads(request));
    ASSERT_TRUE(listed) << listed.error().message;
    ASSERT_EQ(listed->uploads.size(), 2u);
    const objects::MultipartUpload second{"photos", "dir/\x01 b", "id-2"};
    EXPECT_EQ(listed->uploads[1].upload, second);
    EXPECT_EQ(listed->uploads[1].initiated, Time{std::chrono::seconds(2)});
    EXPECT_EQ(listed->next_key_marker, "dir/\x01 b");
    EXPECT_EQ(listed->next_upload_id_marker, "id-2");
    EXPECT_EQ(s3_.seen.at(0).request.target,
              "/photos?encoding-type=url&max-uploads=2&uploads=&key-marker=dir%2F0%200"
              "&prefix=dir%2F&upload-id-marker=id%2B0");
}

}  // namespace
}  // namespace slipway::client
