// SPDX-License-Identifier: Apache-2.0
#include "unit/server/service_fixture.h"

namespace slipway::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using FilesHandlerTest = ServiceTest;

TEST_F(FilesHandlerTest, ListsConfirmedFilesOfTheCaller) {
    put("photos/a.jpg", "hello");
    ask("waiting.jpg", 5);
    const Answer answer = get("/api/files/");
    EXPECT_EQ(answer.status, 200);
    const std::string sum =
        objects::checksum_of(objects::ChecksumAlgorithm::crc64nvme, "hello").value;
    EXPECT_EQ(answer.body,
              R"({"files":[{"id":"username-photos-a.jpg","s3_key":"username/photos/a.jpg",)"
              R"("file_name":"photos/a.jpg","file_size":5,"content_type":"image/jpeg",)"
              R"("tier":"standard","checksum":"crc64nvme:)" +
                  sum + R"(","uploaded_at":"2026-11-21T12:00:00.000Z"}],"next_cursor":null})" +
                  "\n");
    const Answer eves = send(http::Method::get, "/api/files/", "", "token-2");
    EXPECT_EQ(eves.body, "{\"files\":[],\"next_cursor\":null}\n");
}

TEST_F(FilesHandlerTest, PagesAndPrefixes) {
    for (const char* name : {"x>1", "x~2", "x?3", "y"}) {
        put(name, "1");
    }
    EXPECT_THAT(names("/api/files/?prefix=x"), ElementsAre("x>1", "x?3", "x~2"));
    EXPECT_THAT(names("/api/files?prefix=x%3F"), ElementsAre("x?3"));
    std::vector<std::string> seen;
    std::string cursor;
    for (int page = 0; page < 3; ++page) {
        // As clients write it that do not encode what looks harmless.
        const Answer answer = get("/api/files/?prefix=x&limit=1&cursor=" + cursor);
        const auto document = answer.json();
        const auto files = document.root().find("files");
        ASSERT_EQ(files.size(), 1U) << answer.body;
        seen.emplace_back(files.at(0).find("file_name").as_string().value());
        cursor = answer.text("next_cursor");
        EXPECT_EQ(cursor.empty(), page == 2);
    }
    EXPECT_THAT(seen, ElementsAre("x>1", "x?3", "x~2"));
}

TEST_F(FilesHandlerTest, BadQueriesAreSaid) {
    for (const char* query : {"limit=0", "limit=-1", "limit=1001", "limit=x", "limit=", "limit=1.5",
                              "limit=99999999999999999999", "limit=5%20"}) {
        const Answer answer = get(std::string("/api/files/?") + query);
        EXPECT_EQ(answer.status, 400) << query;
        EXPECT_EQ(answer.text("code"), "invalid_limit");
    }
    EXPECT_EQ(get("/api/files/?limit=1000").status, 200);
    EXPECT_EQ(get("/api/files/?cursor=nonsense").text("code"), "invalid_cursor");
    EXPECT_EQ(get("/api/files/?prefix=%zz").status, 400);
    EXPECT_THAT(names("/api/files/?prefix=%FF%00"), IsEmpty());
}

TEST_F(FilesHandlerTest, OneFileByItsId) {
    put("a b/100%.jpg", "hello");
    const std::string id = codec::percent_encode("username-a b-100%.jpg", false);
    const Answer answer = get("/api/files/" + id + "/");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.text("s3_key"), "username/a b/100%.jpg");
    EXPECT_EQ(answer.text("file_name"), "a b/100%.jpg");
    for (const auto method : {http::Method::get, http::Method::delete_}) {
        const Answer others = send(method, "/api/files/" + id, "", "token-2");
        EXPECT_EQ(others.status, 404);
        EXPECT_EQ(others.text("code"), "unknown_file");
    }
    EXPECT_EQ(get("/api/files/nothing").status, 404);
    EXPECT_EQ(get("/api/files/%").status, 400);
    EXPECT_EQ(get("/api/files/%FF").status, 404);
}

TEST_F(FilesHandlerTest, DownloadRedirectsToASignedGet) {
    put("photos/f\xC3\xBC\xC3\x9F\\u0022e; 100%.jpg", "hello");
    const std::string id =
        codec::percent_encode("username-photos-f\xC3\xBC\xC3\x9F\"e; 100%.jpg", false);
    const Answer answer = get("/api/files/" + id + "/download");
    EXPECT_EQ(answer.status, 302) << answer.body;
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    const std::string url = answer.header("Location");
    EXPECT_THAT(url, StartsWith("http://127.0.0.1:9000/slipway/username/photos/"
                                "f%C3%BC%C3%9F%22e%3B%20100%25.jpg?"));
    http::Request request;
    request.target = url.substr(std::string("http://127.0.0.1:9000").size());
    request.headers.add("Host", "127.0.0.1:9000");
    const auto claim = s3::parse_authorization(request);
    ASSERT_TRUE(claim);
    EXPECT_TRUE(s3::verify(request, *claim, credentials().secret_access_key, clock_.now()));
    // No quote and no byte over 7F outside filename*, which is percent-encoded (RFC 6266).
    EXPECT_EQ(http::query_parameter(request.query(), "response-content-disposition").value(),
              "attachment; filename=\"f_____e; 100_.jpg\"; "
              "filename*=UTF-8''f%C3%BC%C3%9F%22e%3B%20100%25.jpg");
    EXPECT_EQ(http::query_parameter(request.query(), "response-content-type").value(),
              "image/jpeg");
    EXPECT_EQ(send(http::Method::get, "/api/files/" + id + "/download", "", "token-2").status, 404);
}

TEST_F(FilesHandlerTest, DeleteTakesObjectAndEntry) {
    const std::string s3_key = put("a.jpg", "hello");
    EXPECT_EQ(send(http::Method::delete_, "/api/files/username-a.jpg").status, 204);
    EXPECT_FALSE(is_stored(s3_key));
    EXPECT_THAT(names(), IsEmpty());
    EXPECT_EQ(send(http::Method::delete_, "/api/files/username-a.jpg").status, 404);
}

TEST_F(FilesHandlerTest, DeleteKeepsTheEntryWhenTheStoreIsAway) {
    const std::string s3_key = put("a.jpg", "hello");
    store_.away = true;
    const Answer answer = send(http::Method::delete_, "/api/files/username-a.jpg");
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(answer.text("error"), HasSubstr("refused"));
    store_.away = false;
    EXPECT_THAT(names(), ElementsAre("a.jpg"));
    EXPECT_TRUE(is_stored(s3_key));
    EXPECT_EQ(send(http::Method::delete_, "/api/files/username-a.jpg").status, 204);
}

}  // namespace
}  // namespace slipway::server
