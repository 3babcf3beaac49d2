// SPDX-License-Identifier: Apache-2.0
#include "s3/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace slipway::s3 {
namespace {

TEST(Errors, TheTableIsFoundByCode) {
    EXPECT_EQ(find_error_code("NoSuchKey").status, 404);
    EXPECT_EQ(find_error_code("NoSuchKey").kind, ErrorKind::not_found);
    EXPECT_EQ(find_error_code("SlowDown").status, 503);
    EXPECT_EQ(find_error_code("XAmzContentSHA256Mismatch").status, 400);
    EXPECT_EQ(find_error_code("Nonsense").code, "InternalError");
    EXPECT_TRUE(is_error_code("AccessDenied"));
    EXPECT_FALSE(is_error_code("file_too_large"));
}

TEST(Errors, AnErrorsOwnCodeWinsOverItsKind) {
    EXPECT_EQ(error_code_for(Error{ErrorKind::not_found, "", "NoSuchBucket"}).code, "NoSuchBucket");
    EXPECT_EQ(error_code_for(Error{ErrorKind::not_found, "", ""}).code, "NoSuchKey");
    EXPECT_EQ(error_code_for(Error{ErrorKind::too_large, "", "file_too_large"}).code,
              "EntityTooLarge");
    EXPECT_EQ(error_code_for(Error{ErrorKind::io, "", ""}).status, 500);
    EXPECT_EQ(error_code_for(Error{ErrorKind::no_space, "", ""}).status, 507);
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind) {
        const ErrorCode& line = error_code_for(Error{static_cast<ErrorKind>(kind), "", ""});
        EXPECT_GE(line.status, 400) << kind;
        EXPECT_FALSE(line.message.empty()) << kind;
    }
}

TEST(Errors, FailingWithACodeTakesKindAndWordsFromTheTable) {
    const Result<void> failed = s3_fail("BucketNotEmpty");
    EXPECT_EQ(failed.error().kind, ErrorKind::precondition_failed);
    EXPECT_EQ(failed.error().message, "The bucket you tried to delete is not empty.");
    EXPECT_EQ(Result<void>(s3_fail("InvalidArgument", "no")).error().message, "no");
}

TEST(Errors, TheDocumentIsReadBack) {
    const std::array extras = {
        std::pair<std::string_view, std::string_view>{"BucketName", "photos"}};
    const std::string body = error_xml("NoSuchKey", "no <key>", "/photos/a&b", "REQ1", extras);
    EXPECT_EQ(body,
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code>"
              "<Message>no &lt;key&gt;</Message><BucketName>photos</BucketName>"
              "<Resource>/photos/a&amp;b</Resource><RequestId>REQ1</RequestId></Error>");
    EXPECT_EQ(parse_error_xml(404, body),
              (Error{ErrorKind::not_found, "no <key>", "NoSuchKey", 404}));
}

TEST(Errors, TheStatusSpeaksWhenTheBodyDoesNot) {
    EXPECT_EQ(parse_error_xml(404, ""),
              (Error{ErrorKind::not_found, "the store answered with status 404", "", 404}));
    const Error strange = parse_error_xml(503, "<html>busy</html>");
    EXPECT_EQ(strange.kind, ErrorKind::unavailable);
    EXPECT_THAT(strange.message, testing::StartsWith("status 503, but not in the words of an S3"));
    EXPECT_EQ(parse_error_xml(502, "Bad <gateway").kind, ErrorKind::unavailable);
    EXPECT_EQ(parse_error_xml(412, "").kind, ErrorKind::precondition_failed);
    const Error unknown = parse_error_xml(403, "<Error><Code>FutureCode</Code></Error>");
    EXPECT_EQ(unknown.kind, ErrorKind::permission_denied);
    EXPECT_EQ(unknown.code, "FutureCode");
    EXPECT_EQ(unknown.message, "the store answered with status 403 FutureCode");
    EXPECT_EQ(parse_error_xml(503, "<Error><Code>SlowDown</Code></Error>").kind,
              ErrorKind::throttled);
}

}  // namespace
}  // namespace slipway::s3
