// SPDX-License-Identifier: Apache-2.0
#include "unit/server/service_fixture.h"

#include <gmock/gmock.h>

namespace slipway::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// The documented request, as it is in requirements/multi-file-upload.md.
constexpr const char* documented_request = R"({
  "files": [
    {
      "file_name": "example1.jpg",
      "content_type": "image/jpeg",
      "file_size": 1024000,
      "tier": "standard"
    },
    {
      "file_name": "example2.pdf",
      "content_type": "application/pdf",
      "file_size": 2048000,
      "tier": "glacier"
    }
  ]
})";

class UploadHandlerTest : public ServiceTest {
  protected:
    /// The body with each presigned URL written as URL: the rest is compared letter for letter.
    static std::string without_urls(std::string text) {
        const std::string start = R"("presigned_url":")";
        std::size_t at = 0;
        while ((at = text.find(start, at)) != std::string::npos) {
            at += start.size();
            text.replace(at, text.find('"', at) - at, "URL");
        }
        return text;
    }

    void expect_documented_answer(std::string_view path);

    /// What a client sends to a presigned URL.
    static http::Request put_of(const std::string& url, const Headers& headers) {
        const auto host_at = url.find("://") + 3;
        const auto path_at = url.find('/', host_at);
        http::Request request;
        request.method = http::Method::put;
        request.target = url.substr(path_at);
        request.headers.add("Host", url.substr(host_at, path_at - host_at));
        for (const auto& [name, value] : headers) {
            request.headers.add(name, value);
        }
        return request;
    }

    Result<> verify(const http::Request& request) const {
        SLIPWAY_TRY(claim, s3::parse_authorization(request));
        return s3::verify(request, claim, credentials().secret_access_key, clock_.now(),
                          "us-east-1");
    }

    /// The code of the only file of a batch, which must have failed.
    std::string failed_code(const std::string& body) {
        const Answer answer = post("/api/files/upload/", R"({"files": [)" + body + "]}");
        EXPECT_EQ(answer.status, 200) << answer.body;
        const auto document = answer.json();
        EXPECT_EQ(document.root().find("successful").size(), 0U) << answer.body;
        const auto failed = document.root().find("failed");
        return failed.size() == 1 ? std::string(failed.at(0).find("code").as_string().value_or(""))
                                  : "not failed";
    }
};

void UploadHandlerTest::expect_documented_answer(std::string_view path) {
    const Answer answer = post(path, documented_request);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Content-Type"), "application/json");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    EXPECT_EQ(without_urls(answer.body),
              R"({"message":"Successfully generated presigned URLs for 2 files. 0 files failed.",)"
              R"("successful":[)"
              R"({"file_name":"example1.jpg","presigned_url":"URL",)"
              R"("s3_key":"username/example1.jpg","id":"username-example1.jpg",)"
              R"("status":"success","headers":{"Content-Type":"image/jpeg"},)"
              R"("expires_at":"2026-11-21T13:00:00Z","index":0},)"
              R"({"file_name":"example2.pdf","presigned_url":"URL",)"
              R"("s3_key":"username/example2.pdf","id":"username-example2.pdf",)"
              R"("status":"success","headers":{"Content-Type":"application/pdf"},)"
              R"("expires_at":"2026-11-21T13:00:00Z","index":1}],)"
              R"("failed":[]})"
              "\n");
}

TEST_F(UploadHandlerTest, TheDocumentedExchangeLetterForLetter) {
    expect_documented_answer("/api/files/upload/");
}

TEST_F(UploadHandlerTest, TheSameWithoutTheClosingSlash) {
    expect_documented_answer("/api/files/upload");
}

TEST_F(UploadHandlerTest, ABareObjectAnswersWithItsEntry) {
    const Answer answer =
        post("/api/files/upload/",
             R"({"file_name": "example1.jpg", "content_type": "image/jpeg", "file_size": 1024000,
                 "tier": "standard"})");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(without_urls(answer.body),
              R"({"message":"Successfully generated presigned URL",)"
              R"("file_name":"example1.jpg","presigned_url":"URL",)"
              R"("s3_key":"username/example1.jpg","id":"username-example1.jpg",)"
              R"("status":"success","headers":{"Content-Type":"image/jpeg"},)"
              R"("expires_at":"2026-11-21T13:00:00Z"})"
              "\n");
}

TEST_F(UploadHandlerTest, ABareObjectThatFailsIsAProblem) {
    const Answer answer = post("/api/files/upload/", file("big.jpg", 800'000'001));
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
    EXPECT_EQ(answer.text("code"), "file_too_large");
    EXPECT_EQ(answer.text("error"), answer.text("detail"));
    EXPECT_THAT(answer.text("error"), HasSubstr("800000001"));
    EXPECT_THAT(answer.text("error"), HasSubstr("800 MB"));
}

TEST_F(UploadHandlerTest, TheUrlIsBoundToSizeAndType) {
    const std::string url =
        post("/api/files/upload/", file("a b+c%#?.jpg", 5)).text("presigned_url");
    EXPECT_THAT(url, StartsWith("http://127.0.0.1:9000/slipway/username/"
                                "a%20b%2Bc%25%23%3F.jpg?"));
    EXPECT_THAT(url, HasSubstr("X-Amz-Expires=3600"));
    EXPECT_THAT(url, HasSubstr("X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost"));
    EXPECT_THAT(url, Not(HasSubstr("storage-class")));
    EXPECT_THAT(url, Not(HasSubstr("EXAMPLEKEY")));
    EXPECT_TRUE(verify(put_of(url, {{"Content-Length", "5"}, {"Content-Type", "image/jpeg"}})));
    for (const Headers& other : {Headers{{"Content-Length", "6"}, {"Content-Type", "image/jpeg"}},
                                 Headers{{"Content-Length", "5"}, {"Content-Type", "text/html"}},
                                 Headers{{"Content-Type", "image/jpeg"}}}) {
        EXPECT_FALSE(verify(put_of(url, other)));
    }
    clock_.time += std::chrono::seconds(3601);
    const auto late =
        verify(put_of(url, {{"Content-Length", "5"}, {"Content-Type", "image/jpeg"}}));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, "AccessDenied");
}

TEST_F(UploadHandlerTest, TheTierIsInTheUrlItself) {
    const std::string url = post("/api/files/upload/", file("a.jpg", 5, R"(, "tier": "glacier")"))
                                .text("presigned_url");
    EXPECT_THAT(url, HasSubstr("x-amz-storage-class=GLACIER"));
    // The documented client sends no header for it.
    auto request = put_of(url, {{"Content-Length", "5"}, {"Content-Type", "image/jpeg"}});
    EXPECT_TRUE(verify(request));
    request.target.replace(request.target.find("GLACIER"), 7, "STANDARD");
    EXPECT_FALSE(verify(request));
}

TEST_F(UploadHandlerTest, ADeclaredChecksumIsSigned) {
    const std::string sum = "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=";
    const Answer answer =
        post("/api/files/upload/", file("a.txt", 11, R"(, "checksum_sha256": ")" + sum + "\""));
    EXPECT_THAT(answer.body, HasSubstr(R"("headers":{"Content-Type":"image/jpeg",)"
                                       R"("x-amz-checksum-sha256":")" +
                                       sum + "\"}"));
    const std::string url = answer.text("presigned_url");
    const Headers right{
        {"Content-Length", "11"}, {"Content-Type", "image/jpeg"}, {"x-amz-checksum-sha256", sum}};
    EXPECT_TRUE(verify(put_of(url, right)));
    Headers wrong = right;
    wrong[2].second[0] = 'v';
    EXPECT_FALSE(verify(put_of(url, wrong)));
    wrong.pop_back();
    EXPECT_FALSE(verify(put_of(url, wrong)));
}

TEST_F(UploadHandlerTest, OneBadFileFailsAlone) {
    const Answer answer =
        post("/api/files/upload/", R"({"files": [)" + file("first.jpg", 1) + "," +
                                       file("../up.jpg", 1) + ", 7, " + file("last.jpg", 1) + "]}");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.text("message"),
              "Successfully generated presigned URLs for 2 files. 2 files failed.");
    const auto document = answer.json();
    const auto good = document.root().find("successful");
    ASSERT_EQ(good.size(), 2U);
    EXPECT_EQ(good.at(0).find("index").as_int64(), 0);
    EXPECT_EQ(good.at(1).find("s3_key").as_string(), "username/last.jpg");
    EXPECT_EQ(good.at(1).find("index").as_int64(), 3);
    EXPECT_THAT(answer.body,
                HasSubstr(R"("failed":[{"file_name":"../up.jpg","status":"failed","error":)"));
    const auto bad = document.root().find("failed");
    ASSERT_EQ(bad.size(), 2U);
    EXPECT_EQ(bad.at(0).find("code").as_string(), "invalid_file_name");
    EXPECT_EQ(bad.at(0).find("index").as_int64(), 1);
    EXPECT_EQ(bad.at(1).find("file_name").as_string(), "");
    EXPECT_EQ(bad.at(1).find("code").as_string(), "invalid_request");
}

TEST_F(UploadHandlerTest, TwoFilesOfOneNameInABatchAreBothKept) {
    const Answer answer = post("/api/files/upload/",
                               R"({"files": [)" + file("a.jpg", 1) + "," + file("a.jpg", 2) + "]}");
    const auto document = answer.json();
    const auto good = document.root().find("successful");
    ASSERT_EQ(good.size(), 2U);
    EXPECT_EQ(good.at(0).find("s3_key").as_string(), "username/a.jpg");
    EXPECT_EQ(good.at(1).find("s3_key").as_string(), "username/a (1).jpg");
    EXPECT_EQ(good.at(1).find("file_name").as_string(), "a.jpg") << "as the client wrote it";
}

TEST_F(UploadHandlerTest, OnConflictOfTheFileIsStrongerThanTheRequests) {
    put("a.jpg", "hello");
    const Answer answer = post("/api/files/upload/",
                               R"({"on_conflict": "fail", "files": [)" + file("a.jpg", 1) + "," +
                                   file("a.jpg", 1, R"(, "on_conflict": "replace")") + "," +
                                   file("a.jpg", 1, R"(, "on_conflict": "rename")") + "]}");
    const auto document = answer.json();
    const auto bad = document.root().find("failed");
    ASSERT_EQ(bad.size(), 1U);
    EXPECT_EQ(bad.at(0).find("index").as_int64(), 0);
    EXPECT_EQ(bad.at(0).find("code").as_string(), "file_exists");
    const auto good = document.root().find("successful");
    EXPECT_EQ(good.at(0).find("s3_key").as_string(), "username/a.jpg");
    EXPECT_EQ(good.at(1).find("s3_key").as_string(), "username/a (1).jpg");
    EXPECT_EQ(post("/api/files/upload/", file("a.jpg", 1, R"(, "on_conflict": "fail")")).status,
              409);
}

TEST_F(UploadHandlerTest, AnUploadIsRenewedByItsKey) {
    const std::string s3_key = ask("a.jpg", 5);
    clock_.time += std::chrono::minutes(50);
    const std::string more = R"(, "s3_key": ")" + s3_key + "\"";
    const Answer renewed = post("/api/files/upload/", file("a.jpg", 5, more));
    EXPECT_EQ(renewed.status, 200);
    EXPECT_EQ(renewed.text("s3_key"), s3_key);
    EXPECT_EQ(renewed.text("expires_at"), "2026-11-21T13:50:00Z");
    EXPECT_EQ(failed_code(file("a.jpg", 6, more)), "renewal_differs");
    EXPECT_EQ(failed_code(file("a.jpg", 5, R"(, "s3_key": "eve/a.jpg")")), "unknown_upload");
}

TEST_F(UploadHandlerTest, BatchesAndBodiesHaveLimits) {
    Settings settings = make_settings();
    settings.batch_files_max = 3;
    settings.file_size_max = 10;
    serve(settings);
    std::string list = file("a.jpg", 10);
    for (int i = 0; i < 2; ++i) {
        list += "," + file("a.jpg", 10);
    }
    EXPECT_EQ(post("/api/files/upload/", R"({"files": [)" + list + "]}").status, 200);
    const Answer over =
        post("/api/files/upload/", R"({"files": [)" + list + "," + file("a.jpg", 1) + "]}");
    EXPECT_EQ(over.status, 413);
    EXPECT_EQ(over.text("code"), "too_many_files");
    EXPECT_EQ(failed_code(file("b.jpg", 11)), "file_too_large");
    const Answer huge =
        post("/api/files/upload/", std::string(limits::api_body_bytes_max + 1, ' '));
    EXPECT_EQ(huge.status, 413);
    EXPECT_EQ(huge.header("Content-Type"), "application/problem+json");
}

TEST_F(UploadHandlerTest, WhatIsWrongWithTheRequestFailsIt) {
    for (const char* body :
         {"", "not json", "[]", "7", "null", "{}", R"({"files": null})", R"({"files": []})",
          R"({"files": {}})", R"({"files": "a.jpg"})", R"({"files": [)",
          R"({"on_conflict": "overwrite", "files": [{"file_name": "a", "file_size": 1}]})",
          "{\"files\": [{\"file_name\": \"\xFF\", \"file_size\": 1}]}"}) {
        const Answer answer = post("/api/files/upload/", body);
        EXPECT_EQ(answer.status, 400) << body;
        EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
        EXPECT_THAT(answer.text("code"), StartsWith("invalid_")) << body;
        EXPECT_NE(answer.text("error"), "") << body;
    }
}

}  // namespace
}  // namespace slipway::server
