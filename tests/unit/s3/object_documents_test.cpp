// SPDX-License-Identifier: Apache-2.0
#include "s3/object_documents.h"

#include "codec/time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::s3 {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ObjectDocuments, VersionsEncodeEveryNameOrNone) {
    ListVersionsResult page;
    page.bucket = "photos";
    page.prefix = "a b";
    page.key_marker = "a b/\x01";
    page.next_key_marker = "a b/2";
    page.next_version_id_marker = "null";
    page.delimiter = " ";
    page.truncated = true;
    page.owner = {"id", "name"};
    page.versions.resize(1);
    page.versions[0].key = "a b/1";
    page.versions[0].etag = "e";
    page.common_prefixes = {"a b/x "};
    const std::string plain = list_versions_xml(page);
    EXPECT_THAT(plain, HasSubstr("<Key>a b/1</Key><VersionId>null</VersionId>"));
    EXPECT_THAT(plain, HasSubstr("<NextVersionIdMarker>null</NextVersionIdMarker>"));
    EXPECT_THAT(plain, Not(HasSubstr("EncodingType")));
    page.url_encoded = true;
    const std::string encoded = list_versions_xml(page);
    for (const char* part :
         {"<Prefix>a%20b</Prefix>", "<KeyMarker>a%20b/%01</KeyMarker>",
          "<NextKeyMarker>a%20b/2</NextKeyMarker>", "<Delimiter>%20</Delimiter>",
          "<Key>a%20b/1</Key>", "<CommonPrefixes><Prefix>a%20b/x%20</Prefix></CommonPrefixes>"}) {
        EXPECT_THAT(encoded, HasSubstr(part));
    }
}

TEST(ObjectDocuments, AttributesShowOnlyWhatIsThere) {
    EXPECT_THAT(attributes_xml({}), Not(HasSubstr("ObjectSize")));
    AttributesResult result;
    result.etag = "abc-2";
    result.checksum_algorithm = "SHA256";
    result.checksum_value = "AAAA=-2";
    result.size = 0;
    const std::string xml = attributes_xml(result);
    EXPECT_THAT(xml, HasSubstr("<ETag>abc-2</ETag><Checksum><ChecksumSHA256>AAAA=-2"
                               "</ChecksumSHA256><ChecksumType>COMPOSITE</ChecksumType>"
                               "</Checksum><ObjectSize>0</ObjectSize>"));
    EXPECT_THAT(xml, Not(HasSubstr("ObjectParts")));
}

TEST(ObjectDocuments, RestoreRequests) {
    const auto read = [](const std::string& inner) {
        return parse_restore_request("<RestoreRequest>" + inner + "</RestoreRequest>");
    };
    EXPECT_EQ(read("<Days>7</Days>")->days, 7);
    EXPECT_EQ(read("<Days>7</Days>")->tier, "");
    EXPECT_EQ(read("<Days>7</Days><GlacierJobParameters><Tier>Bulk</Tier>"
                   "</GlacierJobParameters>")
                  ->tier,
              "Bulk");
    EXPECT_EQ(read("").error().code, "MalformedXML");
    EXPECT_EQ(read("<Days></Days>").error().code, "InvalidArgument");
    EXPECT_EQ(read("<Days>1</Days><GlacierJobParameters/>").error().code, "MalformedXML");
    EXPECT_EQ(read("<Days>1</Days><OutputLocation/>").error().code, "NotImplemented");
    EXPECT_EQ(parse_restore_request("<Restore/>").error().code, "MalformedXML");
}

}  // namespace
}  // namespace slipway::s3
