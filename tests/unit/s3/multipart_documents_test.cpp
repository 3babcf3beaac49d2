// SPDX-License-Identifier: Apache-2.0
#include "s3/multipart_documents.h"

#include "codec/time.h"
#include "s3/limits.h"

#include <gtest/gtest.h>

namespace slipway::s3 {
namespace {

const Time when = codec::parse_iso8601("2026-11-21T05:00:00.123Z").value();

TEST(MultipartDocuments, CreateIsReadBackAndNeedsAnId) {
    const CreateMultipartResult result{"photos", "a <b>&", "id-1"};
    EXPECT_EQ(parse_create_multipart(create_multipart_xml(result)).value(), result);
    EXPECT_FALSE(parse_create_multipart(create_multipart_xml({"photos", "a", ""})));
}

TEST(MultipartDocuments, CompleteRequestIsReadBack) {
    const std::vector<ListedPart> parts = {{1, "aaaa", "CRC64NVME", "AAAAAAAAAAA=", 0, Time{}},
                                           {10'000, "bbbb", "", "", 0, Time{}}};
    const std::string body = complete_multipart_request_xml(parts);
    EXPECT_NE(body.find("<ETag>&quot;aaaa&quot;</ETag>"), std::string::npos) << body;
    EXPECT_EQ(parse_complete_multipart_request(body).value(), parts);
}

TEST(MultipartDocuments, CompleteRequestsThatCannotBeAreRefused) {
    EXPECT_EQ(parse_complete_multipart_request("<CompleteMultipartUpload/>").error().code,
              "MalformedXML");
    const std::vector<ListedPart> too_many(parts_max + 1, ListedPart{1, "a", "", "", 0, Time{}});
    EXPECT_EQ(
        parse_complete_multipart_request(complete_multipart_request_xml(too_many)).error().code,
        "MalformedXML");
    for (const char* part :
         {"<Part><PartNumber>1</PartNumber></Part>", "<Part><ETag>a</ETag></Part>"}) {
        EXPECT_FALSE(parse_complete_multipart_request(
            "<CompleteMultipartUpload>" + std::string(part) + "</CompleteMultipartUpload>"));
    }
    for (const char* number : {"10001", "-1", "one", "99999999999999999999"}) {
        const std::string body = "<CompleteMultipartUpload><Part><PartNumber>" +
                                 std::string(number) +
                                 "</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>";
        EXPECT_FALSE(parse_complete_multipart_request(body)) << number;
    }
}

TEST(MultipartDocuments, CompleteResultIsReadBack) {
    const CompleteMultipartResult result{
        "http://s3/photos/a", "photos", "a", "aaaa-2", "CRC64NVME", "AAAAAAAAAAA=", "FULL_OBJECT"};
    EXPECT_EQ(parse_complete_multipart(complete_multipart_xml(result)).value(), result);
}

TEST(MultipartDocuments, CompleteMayTakeItsTimeAndThenFail) {
    const std::string body =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n \n  \n"
        "<Error><Code>InvalidPart</Code><Message>m</Message></Error>";
    const auto result = parse_complete_multipart(body);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, "InvalidPart");
    EXPECT_EQ(result.error().http_status, 200);
    // White space may also come before all of the document.
    EXPECT_EQ(
        parse_complete_multipart("  \n <Error><Code>SlowDown</Code><Message>m</Message></Error>")
            .error()
            .code,
        "SlowDown");
}

TEST(MultipartDocuments, ListPartsIsReadBack) {
    ListPartsResult result;
    result.bucket = "photos";
    result.key = "a <b>&";
    result.upload_id = "id-1";
    result.number_marker = 3;
    result.next_number_marker = 5;
    result.parts_max = 2;
    result.truncated = true;
    result.parts = {{4, "aaaa", "CRC32C", "AAAAAA==", 5'242'880, when},
                    {5, "bbbb", "", "", 5'000'000'000, when}};
    EXPECT_EQ(parse_list_parts(list_parts_xml(result)).value(), result);
    result.url_encoded = true;
    result.key = "a \x01";
    result.owner = {"id", "name"};
    result.checksum_algorithm = "CRC32C";
    result.checksum_type = "COMPOSITE";
    EXPECT_EQ(parse_list_parts(list_parts_xml(result)).value(), result);
}

TEST(MultipartDocuments, CopyPartHasItsChecksum) {
    EXPECT_EQ(copy_part_xml({"aaaa", when, "CRC32", "AAAAAA=="}),
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CopyPartResult "
              "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
              "<LastModified>2026-11-21T05:00:00.123Z</LastModified>"
              "<ETag>&quot;aaaa&quot;</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32>"
              "</CopyPartResult>");
}

TEST(MultipartDocuments, ListMultipartUploadsIsReadBack) {
    ListMultipartUploadsResult result;
    result.bucket = "photos";
    result.prefix = "a \u00fc+%";
    result.key_marker = "a \u00fc+%0";
    result.upload_id_marker = "id-0";
    result.next_key_marker = "a \u00fc+%2";
    result.next_upload_id_marker = "id-2";
    result.uploads_max = 2;
    result.truncated = true;
    result.uploads = {{"a \u00fc+%1", "id-1", "STANDARD", when},
                      {"a \u00fc+%2", "id-2", "GLACIER", when}};
    EXPECT_EQ(parse_list_multipart_uploads(list_multipart_uploads_xml(result)).value(), result);
    result.url_encoded = true;
    result.delimiter = " ";
    result.common_prefixes = {"a \u00fc+%4 "};
    result.owner = {"id", "name"};
    result.uploads[1].checksum_algorithm = "SHA1";
    result.uploads[1].checksum_type = "COMPOSITE";
    result.uploads[0].key = "control \x01 and \r";
    EXPECT_EQ(parse_list_multipart_uploads(list_multipart_uploads_xml(result)).value(), result);
}

}  // namespace
}  // namespace slipway::s3
