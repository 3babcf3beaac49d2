// SPDX-License-Identifier: Apache-2.0
#include "codec/base64.h"
#include "objects/running_checksum.h"
#include "s3/documents.h"
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;
using testing::ElementsAre;

class DeleteObjects : public GatewayTest {
  protected:
    Answer remove(const s3::DeleteRequest& wanted) {
        return remove_raw(s3::delete_request_xml(wanted));
    }

    Answer remove_raw(const std::string& document) {
        const auto checksum = objects::checksum_of(objects::ChecksumAlgorithm::crc32, document);
        return send(Method::post, "/photos?delete", {{"x-amz-checksum-crc32", checksum.value}},
                    document);
    }

    static s3::DeleteRequest naming(const std::vector<std::string>& names) {
        s3::DeleteRequest wanted;
        for (const std::string& name : names) {
            wanted.entries.push_back(s3::DeleteEntry{name, "", ""});
        }
        return wanted;
    }
};

TEST_F(DeleteObjects, AnswersInTheOrderAsked) {
    put("a", "1");
    put("b & <c>", "2");
    put("d", "3");
    const Answer answer = remove(naming({"b & <c>", "missing", "a"}));
    EXPECT_EQ(answer.status, 200);
    const auto result = s3::parse_delete_result(answer.body);
    ASSERT_TRUE(result);
    EXPECT_THAT(result->deleted, ElementsAre("b & <c>", "missing", "a"));
    EXPECT_TRUE(result->failures.empty());
    EXPECT_EQ(head("a").status, 404);
    EXPECT_EQ(head("b & <c>").status, 404);
    EXPECT_EQ(head("d").status, 200);
}

TEST_F(DeleteObjects, AThousandAtOnceAndNoMore) {
    std::vector<std::string> names;
    for (int i = 0; i < 1000; ++i) {
        names.push_back("key" + std::to_string(i));
    }
    put("key999", "hello");
    const auto result = s3::parse_delete_result(remove(naming(names)).body);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->deleted, names);
    EXPECT_EQ(head("key999").status, 404);
    names.push_back("one more");
    EXPECT_EQ(remove(naming(names)).code(), "MalformedXML");
}

TEST_F(DeleteObjects, QuietNamesFailuresOnly) {
    put("a", "1");
    s3::DeleteRequest wanted = naming({"a", std::string(1025, 'k')});
    wanted.entries.push_back(s3::DeleteEntry{"v", "3HL4kqtJvjVBH40Nrjfkd", ""});
    wanted.entries.push_back(s3::DeleteEntry{"e", "", "\"etag\""});
    wanted.quiet = true;
    const auto result = s3::parse_delete_result(remove(wanted).body);
    ASSERT_TRUE(result);
    EXPECT_TRUE(result->deleted.empty());
    ASSERT_EQ(result->failures.size(), 3);
    EXPECT_EQ(result->failures[0].code, "KeyTooLongError");
    EXPECT_EQ(result->failures[1].code, "NoSuchVersion");
    EXPECT_EQ(result->failures[2].code, "NoSuchKey");
    EXPECT_EQ(head("a").status, 404);
}

TEST_F(DeleteObjects, EachUnderItsOwnCondition) {
    put("a", "1");
    put("b", "2");
    put("c", "3");
    s3::DeleteRequest wanted;
    wanted.entries.push_back(s3::DeleteEntry{"a", "", head("a").header("ETag")});
    wanted.entries.push_back(s3::DeleteEntry{"b", "", "\"other\""});
    wanted.entries.push_back(s3::DeleteEntry{"c", "null", ""});
    wanted.entries.push_back(s3::DeleteEntry{"b", "", "", "Sat, 21 Nov 2026 12:00:00 GMT"});
    wanted.entries.push_back(s3::DeleteEntry{"b", "", "", "", "1"});
    const auto result = s3::parse_delete_result(remove(wanted).body);
    ASSERT_TRUE(result);
    EXPECT_THAT(result->deleted, ElementsAre("a", "c"));
    ASSERT_EQ(result->failures.size(), 3);
    EXPECT_EQ(result->failures[0].code, "PreconditionFailed");
    EXPECT_EQ(result->failures[1].code, "NotImplemented");
    EXPECT_EQ(result->failures[2].code, "NotImplemented");
    EXPECT_EQ(get("b").body, "2");
}

TEST_F(DeleteObjects, NeedsAnIntactDocument) {
    put("a", "1");
    const std::string document = s3::delete_request_xml(naming({"a"}));
    const Answer unproven = send(Method::post, "/photos?delete", {}, document);
    EXPECT_EQ(unproven.status, 400);
    EXPECT_EQ(unproven.code(), "InvalidRequest");
    const auto md5 = codec::md5(document);
    EXPECT_EQ(send(Method::post, "/photos?delete",
                   {{"Content-MD5", codec::base64_encode(codec::md5("x"))}}, document)
                  .code(),
              "BadDigest");
    EXPECT_EQ(send(Method::post, "/photos?delete", {{"x-amz-checksum-crc32", "AAAAAA=="}}, document)
                  .code(),
              "BadDigest");
    EXPECT_EQ(head("a").status, 200);
    EXPECT_EQ(
        send(Method::post, "/photos?delete", {{"Content-MD5", codec::base64_encode(md5)}}, document)
            .status,
        200);
    EXPECT_EQ(head("a").status, 404);
}

TEST_F(DeleteObjects, BadDocuments) {
    EXPECT_EQ(remove_raw("<Delete></Delete>").code(), "MalformedXML");
    EXPECT_EQ(remove_raw("<Delete><Object>").code(), "MalformedXML");
    EXPECT_EQ(remove_raw("").code(), "MalformedXML");
    EXPECT_EQ(remove_raw(std::string(2 * 1024 * 1024 + 1, ' ')).code(), "MaxMessageLengthExceeded");
}

TEST_F(DeleteObjects, MissingBucket) {
    const std::string document = s3::delete_request_xml(naming({"a"}));
    const auto checksum = objects::checksum_of(objects::ChecksumAlgorithm::sha256, document);
    EXPECT_EQ(
        send(Method::post, "/nowhere?delete", {{"x-amz-checksum-sha256", checksum.value}}, document)
            .code(),
        "NoSuchBucket");
}

}  // namespace
}  // namespace slipway::gateway
