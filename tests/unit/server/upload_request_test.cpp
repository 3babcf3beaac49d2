// SPDX-License-Identifier: Apache-2.0
#include "server/upload_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::server {
namespace {

using ::testing::HasSubstr;

class UploadRequestTest : public ::testing::Test {
  protected:
    /// The only file of a request with these members.
    Result<catalog::NewUpload> parse(const std::string& members) const {
        auto request = parse_upload_request("{\"files\": [{" + members + "}]}", "ada", settings_,
                                            Time(std::chrono::seconds(7)));
        SLIPWAY_CHECK(request);
        return request->items.at(0).upload;
    }

    Result<catalog::NewUpload> with(const std::string& more) const {
        return parse(R"("file_name": "a.jpg", "file_size": 1, )" + more);
    }

    static std::string code(const Result<catalog::NewUpload>& upload) {
        return upload ? "none" : upload.error().code;
    }

    Settings settings_;
};

TEST_F(UploadRequestTest, ReadsAFile) {
    const auto upload = parse(
        R"("file_name": "a.jpg", "content_type": "image/jpeg", "file_size": 5, "tier": "glacier",
           "checksum_crc32c": "yZRlqg==", "on_conflict": "fail", "unknown": [1, {}])");
    ASSERT_TRUE(upload);
    EXPECT_EQ(upload->user, "ada");
    EXPECT_EQ(upload->file_name, "a.jpg");
    EXPECT_EQ(upload->content_type, "image/jpeg");
    EXPECT_EQ(upload->file_size, 5U);
    EXPECT_EQ(upload->tier, "glacier");
    EXPECT_EQ(upload->checksum, "crc32c:yZRlqg==");
    EXPECT_EQ(upload->on_conflict, catalog::OnConflict::fail);
    EXPECT_EQ(upload->expires_at, Time(std::chrono::seconds(7)));
    EXPECT_EQ(upload->renew_key, "");
}

TEST_F(UploadRequestTest, WhatIsLeftOutHasDefaults) {
    for (const char* members :
         {R"("file_name": "a", "file_size": 0)",
          R"("file_name": "a", "file_size": 0, "tier": null, "on_conflict": null, "s3_key": null,
             "content_type": null, "checksum_sha256": null)",
          R"("file_name": "a", "file_size": 0, "content_type": "", "s3_key": "")"}) {
        const auto upload = parse(members);
        ASSERT_TRUE(upload) << members << upload.error().message;
        EXPECT_EQ(upload->content_type, "application/octet-stream");
        EXPECT_EQ(upload->tier, "standard");
        EXPECT_EQ(upload->checksum, "");
        EXPECT_EQ(upload->renew_key, "");
        EXPECT_EQ(upload->on_conflict, catalog::OnConflict::rename);
    }
}

TEST_F(UploadRequestTest, SizesAreWholeNumbersUpToTheLimit) {
    const auto size = [this](const std::string& text) {
        return parse(R"("file_name": "a.jpg", "file_size": )" + text);
    };
    EXPECT_EQ(size("0")->file_size, 0U);
    EXPECT_EQ(size("800000000")->file_size, 800'000'000U);
    for (const char* wrong : {"-1", "1.5", "1e3", "1.0", "true", "null", "\"5\"", "[5]", "{}",
                              "-9223372036854775809", "-1e300"}) {
        EXPECT_EQ(code(size(wrong)), "invalid_file_size") << wrong;
    }
    for (const char* large : {"800000001", "9223372036854775808", "18446744073709551615",
                              "18446744073709551616", "99999999999999999999999999", "1e300"}) {
        const auto refused = size(large);
        EXPECT_EQ(code(refused), "file_too_large") << large;
        EXPECT_EQ(refused.error().kind, ErrorKind::too_large) << large;
    }
    EXPECT_EQ(code(parse(R"("file_name": "a.jpg")")), "invalid_file_size");
}

TEST_F(UploadRequestTest, NamesAreRelativePaths) {
    for (const char* good : {"a.jpg", "photos/2026/a.jpg", ".bashrc", "...", "a..b", "x /y",
                             "\xC3\xA4\xF0\x9F\x8E\x89", "it's \"quoted\" + 100% #1?.jpg", "a\\b",
                             "C:\\x", "~", "\xC2\xA0"}) {
        EXPECT_TRUE(check_file_name("ada", good)) << good;
    }
    using namespace std::string_view_literals;
    for (const std::string_view bad : {""sv,
                                       "/"sv,
                                       "/etc/passwd"sv,
                                       ".."sv,
                                       "."sv,
                                       "a/../b"sv,
                                       "../a"sv,
                                       "a/.."sv,
                                       "./a"sv,
                                       "a/./b"sv,
                                       "a//b"sv,
                                       "a/"sv,
                                       "a\nb"sv,
                                       "a\0b"sv,
                                       "\x7F"sv,
                                       "\x1F"sv,
                                       "a\xC2\x85"
                                       "b"sv,
                                       "\xC2\x80"sv,
                                       "\xC2\x9F"sv,
                                       "\xFF"sv,
                                       "\xC3"sv,
                                       "\xED\xA0\x80"sv,
                                       "\xC0\xAF"sv}) {
        const auto refused = check_file_name("ada", bad);
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().kind, ErrorKind::invalid_argument);
        EXPECT_EQ(refused.error().code, "invalid_file_name");
    }
}

TEST_F(UploadRequestTest, KeysHaveAtMost1024Bytes) {
    EXPECT_TRUE(check_file_name("ada", std::string(1020, 'x')));
    const auto refused = check_file_name("ada", std::string(1021, 'x'));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("1025"));
    EXPECT_FALSE(check_file_name("ada", std::string(1025, 'x')));
}

TEST_F(UploadRequestTest, TextsMustBeTexts) {
    EXPECT_EQ(code(parse(R"("file_size": 1)")), "invalid_request");
    for (const char* wrong : {"5", "null", "true", "[]", "{}"}) {
        EXPECT_EQ(code(parse(std::string(R"("file_size": 1, "file_name": )") + wrong)),
                  "invalid_request");
    }
    for (const char* wrong : {"5", "true", "[]", "{}"}) {
        EXPECT_EQ(code(with(std::string(R"("content_type": )") + wrong)), "invalid_request");
        EXPECT_EQ(code(with(std::string(R"("tier": )") + wrong)), "invalid_request");
        EXPECT_EQ(code(with(std::string(R"("s3_key": )") + wrong)), "invalid_request");
        EXPECT_EQ(code(with(std::string(R"("on_conflict": )") + wrong)), "invalid_request");
        EXPECT_EQ(code(with(std::string(R"("checksum_sha256": )") + wrong)), "invalid_checksum");
    }
}

TEST_F(UploadRequestTest, ContentTypesGoIntoAHeader) {
    for (const char* good : {"text/plain; charset=utf-8", "a/b", "application/vnd.x+json"}) {
        EXPECT_TRUE(with(std::string(R"("content_type": ")") + good + "\"")) << good;
    }
    for (const std::string& bad :
         {std::string("jpeg"), std::string("/jpeg"), std::string("image/"), std::string(" a/b"),
          std::string("a/b "), std::string("a b/c"), std::string("a/b\\r\\nX-Evil: 1"),
          std::string("a/\\u00e4"), "a/" + std::string(300, 'x')}) {
        EXPECT_EQ(code(with(R"("content_type": ")" + bad + "\"")), "invalid_content_type") << bad;
    }
}

TEST_F(UploadRequestTest, UnknownTiersAreNamedWithTheKnown) {
    const auto refused = with(R"("tier": "Standard")");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "unknown_tier");
    EXPECT_THAT(refused.error().message, HasSubstr("standard, glacier"));
}

TEST_F(UploadRequestTest, ChecksumsHaveTheirLength) {
    const std::string sha256 = "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=";
    EXPECT_EQ(with(R"("checksum_sha256": ")" + sha256 + "\"")->checksum, "sha256:" + sha256);
    EXPECT_EQ(with(R"("checksum_crc64nvme": "AAAAAAAAAAA=")")->checksum, "crc64nvme:AAAAAAAAAAA=");
    for (const char* wrong :
         {R"("checksum_sha256": "AAAA")", R"("checksum_sha256": "")",
          R"("checksum_sha256": "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek")",
          R"("checksum_crc64nvme": "yZRlqg==")", R"("checksum_crc32c": "AAAAAAAAAAA=")",
          R"("checksum_crc32c": "not base64")",
          R"("checksum_crc32c": "yZRlqg==", "checksum_crc64nvme": "AAAAAAAAAAA=")"}) {
        EXPECT_EQ(code(with(wrong)), "invalid_checksum") << wrong;
    }
}

TEST_F(UploadRequestTest, ABatchKeepsOrderAndNames) {
    const auto request = parse_upload_request(
        R"({"files": [{"file_name": "b", "file_size": 1}, null, {"file_name": 7}]})", "ada",
        settings_, Time());
    ASSERT_TRUE(request);
    EXPECT_FALSE(request->single);
    ASSERT_EQ(request->items.size(), 3U);
    EXPECT_EQ(request->items[0].file_name, "b");
    EXPECT_TRUE(request->items[0].upload);
    EXPECT_EQ(request->items[1].file_name, "");
    EXPECT_FALSE(request->items[1].upload);
    EXPECT_FALSE(request->items[2].upload);
}

TEST_F(UploadRequestTest, BatchesOfTheDefaultLengthAndOneMore) {
    std::string list = R"({"file_name":"a","file_size":1})";
    std::string body;
    for (std::size_t i = 0; i < settings_.batch_files_max; ++i) {
        body += list + ",";
    }
    body.pop_back();
    const auto full = parse_upload_request("{\"files\":[" + body + "]}", "ada", settings_, Time());
    ASSERT_TRUE(full);
    EXPECT_EQ(full->items.size(), 10'000U);
    const auto over =
        parse_upload_request("{\"files\":[" + body + "," + list + "]}", "ada", settings_, Time());
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, "too_many_files");
    EXPECT_THAT(over.error().message, HasSubstr("10001"));
}

TEST_F(UploadRequestTest, ConfirmationsNeedKeys) {
    EXPECT_THAT(parse_confirm_batch(R"({"s3_keys": ["a/b", "a/c"]})", settings_).value(),
                ::testing::ElementsAre("a/b", "a/c"));
    for (const char* wrong : {"", "[]", "{}", R"({"s3_keys": []})", R"({"s3_keys": "a/b"})",
                              R"({"s3_keys": [1]})", R"({"s3_keys": ["a/b", null]})"}) {
        EXPECT_FALSE(parse_confirm_batch(wrong, settings_)) << wrong;
    }
    settings_.batch_files_max = 1;
    EXPECT_EQ(parse_confirm_batch(R"({"s3_keys": ["a/b", "a/c"]})", settings_).error().kind,
              ErrorKind::too_large);
    EXPECT_EQ(parse_confirm_single(R"({"s3_key": "a/b"})").value(), "a/b");
    for (const char* wrong : {"", "{}", R"({"s3_key": null})", R"({"s3_keys": ["a/b"]})"}) {
        EXPECT_FALSE(parse_confirm_single(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace slipway::server
