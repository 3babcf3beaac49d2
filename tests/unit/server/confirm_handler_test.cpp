// SPDX-License-Identifier: Apache-2.0
#include "unit/server/service_fixture.h"

namespace slipway::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ConfirmHandlerTest : public ServiceTest {
  protected:
    Answer confirm_all(const std::vector<std::string>& keys) {
        std::string list;
        for (const std::string& key : keys) {
            list += (list.empty() ? "\"" : ", \"") + key + "\"";
        }
        return post("/api/files/confirm_uploads/", "{\"s3_keys\": [" + list + "]}");
    }

    void expect_refused(const std::string& s3_key, int status, std::string_view code) {
        const Answer answer = confirm(s3_key);
        EXPECT_EQ(answer.status, status) << answer.body;
        EXPECT_EQ(answer.text("code"), code) << answer.body;
        EXPECT_NE(answer.text("error"), "");
    }
};

TEST_F(ConfirmHandlerTest, TheDocumentedExchangeLetterForLetter) {
    upload(ask("example1.jpg", 5), "hello");
    upload(ask("example2.pdf", 5, R"(, "tier": "glacier")"), "world", "GLACIER");
    for (const char* path : {"/api/files/confirm_uploads/", "/api/files/confirm_uploads"}) {
        const Answer answer = post(path, R"({
  "s3_keys": [
    "username/example1.jpg",
    "username/example2.pdf"
  ]
})");
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.header("Content-Type"), "application/json");
        EXPECT_EQ(answer.body, R"({"message":"Upload confirmation processed","results":[)"
                               R"({"s3_key":"username/example1.jpg","status":"success",)"
                               R"("message":"Upload confirmed"},)"
                               R"({"s3_key":"username/example2.pdf","status":"success",)"
                               R"("message":"Upload confirmed"}]})"
                               "\n");
    }
}

TEST_F(ConfirmHandlerTest, OneFileByTheOlderRoute) {
    upload(ask("a.jpg", 5), "hello");
    for (int twice = 0; twice < 2; ++twice) {
        const Answer answer = confirm("username/a.jpg");
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body,
                  R"({"s3_key":"username/a.jpg","status":"success","message":"Upload confirmed"})"
                  "\n");
    }
    EXPECT_THAT(names(), ::testing::ElementsAre("a.jpg"));
}

TEST_F(ConfirmHandlerTest, NobodyLearnsOfOthersKeys) {
    const std::string s3_key = ask("secret.jpg", 5);
    upload(s3_key, "hello");
    const auto ask_as_eve = [this](const std::string& key) {
        return send(http::Method::post, "/api/files/confirm_upload/",
                    R"({"s3_key": ")" + key + "\"}", "token-2");
    };
    const Answer others = ask_as_eve(s3_key);
    Answer nobodys = ask_as_eve("username/nobody.jpg");
    EXPECT_EQ(others.status, 404);
    EXPECT_EQ(others.text("code"), "unknown_key");
    nobodys.body.replace(nobodys.body.find("nobody.jpg"), 10, "secret.jpg");
    nobodys.body.replace(nobodys.body.find("nobody.jpg"), 10, "secret.jpg");
    EXPECT_EQ(others.body, nobodys.body);
    EXPECT_EQ(others.status, nobodys.status);
    EXPECT_THAT(names(), ::testing::IsEmpty());
}

TEST_F(ConfirmHandlerTest, WhatIsNotThereIsMissing) {
    expect_refused(ask("a.jpg", 5), 404, "object_missing");
    upload("username/a.jpg", "hello");
    EXPECT_EQ(confirm("username/a.jpg").status, 200);
}

TEST_F(ConfirmHandlerTest, WhatIsShortSaysBothSizes) {
    const std::string s3_key = ask("a.jpg", 5);
    upload(s3_key, "hell");
    expect_refused(s3_key, 409, "size_differs");
    EXPECT_THAT(confirm(s3_key).text("error"), HasSubstr("4 bytes, 5 were declared"));
    upload(s3_key, "hello!");
    expect_refused(s3_key, 409, "size_differs");
    upload(s3_key, "hello");
    EXPECT_EQ(confirm(s3_key).status, 200);
}

TEST_F(ConfirmHandlerTest, AnotherClassIsNotTheTier) {
    const std::string s3_key = ask("a.jpg", 5, R"(, "tier": "glacier")");
    upload(s3_key, "hello", "STANDARD");
    expect_refused(s3_key, 409, "class_differs");
    EXPECT_THAT(confirm(s3_key).text("error"), HasSubstr("GLACIER"));
}

TEST_F(ConfirmHandlerTest, ADeclaredChecksumMustBeTheStores) {
    const std::string right =
        objects::checksum_of(objects::ChecksumAlgorithm::sha256, "hello").value;
    const std::string s3_key = ask("a.jpg", 5, R"(, "checksum_sha256": ")" + right + "\"");
    upload(s3_key, "HELLO", "STANDARD", objects::ChecksumAlgorithm::sha256);
    expect_refused(s3_key, 409, "checksum_differs");
    upload(s3_key, "hello", "STANDARD", objects::ChecksumAlgorithm::crc32c);
    expect_refused(s3_key, 409, "checksum_differs");
    upload(s3_key, "hello", "STANDARD", objects::ChecksumAlgorithm::sha256);
    EXPECT_EQ(confirm(s3_key).status, 200);
    EXPECT_EQ(get("/api/files/username-a.jpg").text("checksum"), "sha256:" + right);
}

TEST_F(ConfirmHandlerTest, AConfirmedFileThatIsGoneOrAlteredIsSaid) {
    const std::string s3_key = put("a.jpg", "hello");
    upload(s3_key, "HELLO");
    expect_refused(s3_key, 409, "object_changed");
    ASSERT_TRUE(test::run(store_.remove("slipway", s3_key)));
    expect_refused(s3_key, 404, "object_missing");
}

// The object that is to be replaced has the right size and class, and yet it is not the new one.
TEST_F(ConfirmHandlerTest, AReplacementIsNotConfirmedByTheObjectItReplaces) {
    const std::string s3_key = put("a.jpg", "hello");
    clock_.time += std::chrono::minutes(1);
    ASSERT_EQ(ask("a.jpg", 5, R"(, "on_conflict": "replace")"), s3_key);
    expect_refused(s3_key, 404, "object_missing");
    // The same bytes once more are a new upload all the same.
    upload(s3_key, "hello");
    EXPECT_EQ(confirm(s3_key).status, 200);
    EXPECT_EQ(get("/api/files/username-a.jpg").text("uploaded_at"), "2026-11-21T12:01:00.000Z");
}

TEST_F(ConfirmHandlerTest, AReplacementBecomesTheFile) {
    const std::string s3_key = put("a.jpg", "hello");
    ASSERT_EQ(ask("a.jpg", 6, R"(, "on_conflict": "replace")"), s3_key);
    expect_refused(s3_key, 404, "object_missing");
    upload(s3_key, "hell");
    expect_refused(s3_key, 409, "size_differs");
    upload(s3_key, "hello!");
    EXPECT_EQ(confirm(s3_key).status, 200);
    EXPECT_EQ(confirm(s3_key).status, 200);
    EXPECT_THAT(get("/api/files/").body, HasSubstr("\"file_size\":6"));
}

TEST_F(ConfirmHandlerTest, ABatchAnswersInItsOrderAndEachAlone) {
    const std::string first = put("first.jpg", "hello");
    const std::string missing = ask("missing.jpg", 5);
    const std::string last = ask("last.jpg", 5);
    upload(last, "hello");
    const Answer answer = confirm_all({last, missing, "username/unknown", first, last});
    EXPECT_EQ(answer.status, 200);
    const auto document = answer.json();
    const auto results = document.root().find("results");
    ASSERT_EQ(results.size(), 5U);
    const std::vector<std::string> expected{last, missing, "username/unknown", first, last};
    const std::vector<bool> good{true, false, false, true, true};
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(results.at(i).find("s3_key").as_string(), expected[i]);
        EXPECT_EQ(results.at(i).find("status").as_string(), good[i] ? "success" : "failed");
    }
    EXPECT_EQ(results.at(1).find("code").as_string(), "object_missing");
    EXPECT_EQ(results.at(1).find("error").as_string(), results.at(1).find("message").as_string());
    EXPECT_EQ(results.at(2).find("code").as_string(), "unknown_key");
    EXPECT_THAT(names(), ::testing::ElementsAre("first.jpg", "last.jpg"));
}

TEST_F(ConfirmHandlerTest, MoreFilesThanAreProvenAtATime) {
    std::vector<std::string> keys;
    for (int i = 0; i < 35; ++i) {
        keys.push_back(ask("f" + std::to_string(i), 1));
        upload(keys.back(), "x");
    }
    EXPECT_THAT(confirm_all(keys).body, Not(HasSubstr("failed")));
    EXPECT_EQ(names().size(), 35U);
}

TEST_F(ConfirmHandlerTest, AStoreThatIsAwayConfirmsNothing) {
    const std::string s3_key = ask("a.jpg", 5);
    upload(s3_key, "hello");
    store_.away = true;
    expect_refused(s3_key, 503, "unavailable");
    const Answer batch = confirm_all({s3_key});
    EXPECT_EQ(batch.status, 200);
    EXPECT_THAT(batch.body, HasSubstr("\"code\":\"unavailable\""));
    store_.away = false;
    EXPECT_EQ(confirm(s3_key).status, 200);
}

TEST_F(ConfirmHandlerTest, OverLongBatchesAreRefused) {
    Settings settings = make_settings();
    settings.batch_files_max = 2;
    serve(settings);
    EXPECT_EQ(confirm_all({"a/1", "a/2", "a/3"}).status, 413);
    EXPECT_EQ(confirm_all({"a/1", "a/2"}).status, 200);
    EXPECT_EQ(post("/api/files/confirm_uploads/", "").status, 400);
    EXPECT_EQ(post("/api/files/confirm_upload/", "{}").status, 400);
}

TEST_F(ConfirmHandlerTest, ATicketMayBeConfirmedUntilItIsReaped) {
    const std::string s3_key = ask("a.jpg", 5);
    upload(s3_key, "hello");
    clock_.time += std::chrono::minutes(90);  // the URL has expired, the grace time has not
    EXPECT_EQ(test::run(service_->reap())->uploads, 0U);
    EXPECT_EQ(confirm(s3_key).status, 200);
}

}  // namespace
}  // namespace slipway::server
