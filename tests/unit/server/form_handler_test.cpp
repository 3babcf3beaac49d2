// SPDX-License-Identifier: Apache-2.0
#include "unit/server/service_fixture.h"

#include <algorithm>

namespace slipway::server {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

std::string file_part(std::string_view name, std::string_view file_name, std::string_view data) {
    return "--xyz\r\nContent-Disposition: form-data; name=\"" + std::string(name) +
           "\"; filename=\"" + std::string(file_name) +
           "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + std::string(data) + "\r\n";
}

std::string field(std::string_view name, std::string_view value) {
    return "--xyz\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" +
           std::string(value) + "\r\n";
}

/// Both kinds of store: S3, which wants sizes, and one that takes streams.
class FormHandlerTest : public ServiceTest, public ::testing::WithParamInterface<bool> {
  protected:
    FormHandlerTest() { store_.streams = GetParam(); }

    Answer send_form(const std::string& parts, std::string_view target = "/api/uploads/") {
        return send_as(parts + "--xyz--\r\n", "multipart/form-data; boundary=xyz", target);
    }
    Answer send_as(const std::string& body,
                   const std::string& type,
                   std::string_view target = "/api/uploads/") {
        return send_plain(http::Method::post, target, body,
                          {{"Authorization", "Bearer token-1"}, {"Content-Type", type}});
    }

    /// What is stored where `uploaded_files` says under that name.
    std::string stored(const Answer& answer, std::string_view name) {
        const auto document = answer.json();
        const auto url = document.root()["uploaded_files"].find(name).as_string();
        constexpr std::string_view bucket = "s3://slipway/";
        if (!url || !url->starts_with(bucket)) {
            return "nothing";
        }
        objects::GetRequest request;
        request.bucket = "slipway";
        request.key = url->substr(bucket.size());
        auto got = test::run(store_.get(request));
        type_ = got->info.attributes.content_type;
        return std::get<std::string>(got->body);
    }
    static std::string failed(const Answer& answer, std::string_view name) {
        const auto document = answer.json();
        return std::string(
            document.root()["failed"].find(name).find("code").as_string().value_or(""));
    }
    static std::int64_t number(const Answer& answer, std::string_view name) {
        const auto document = answer.json();
        return document.root().find(name).as_int64().value_or(-1);
    }
    std::size_t objects() {
        objects::ListRequest request;
        request.bucket = "slipway";
        return test::run(store_.list(request))->objects.size();
    }

    std::string type_;
};

TEST_P(FormHandlerTest, EachFileIsStoredUnderItsType) {
    const std::string large(1'000'000, 'x');
    const Answer answer =
        send_form(field("file_category", "kyc") + file_part("passport", "Scan.PDF", large) +
                  field("csrfmiddlewaretoken", "x") + file_part("bill", "b.txt", "hello"));
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.text("status"), "success");
    EXPECT_EQ(number(answer, "uploaded_count"), 2);
    EXPECT_EQ(number(answer, "total_files"), 2);
    EXPECT_TRUE(stored(answer, "passport") == large);
    EXPECT_EQ(stored(answer, "bill"), "hello");
    const auto document = answer.json();
    EXPECT_THAT(std::string(*document.root()["uploaded_files"]["passport"].as_string()),
                MatchesRegex("s3://slipway/kyc/user_username/passport/[0-9a-f]{32}\\.pdf"));
    EXPECT_EQ(memory_.use().bytes, 0U);
    EXPECT_EQ(memory_.use().first_bytes, 0U);
    EXPECT_THAT(names(), ::testing::IsEmpty());  // the drive is of the user's own keys
}

TEST_P(FormHandlerTest, TheTypeIsThePartsOwnOrTheNames) {
    std::string part = file_part("a", "a.png", "x");
    const std::string named = "application/octet-stream";
    const std::string given = part.replace(part.find(named), named.size(), "image/x-own");
    std::string none = file_part("b", "b.png", "x");
    none.erase(none.find("Content-Type"), named.size() + 16);
    const Answer answer = send_form(given + none);
    EXPECT_EQ(stored(answer, "a"), "x");
    EXPECT_EQ(type_, "image/x-own");
    EXPECT_EQ(stored(answer, "b"), "x");
    EXPECT_EQ(type_, "image/png");
}

TEST_P(FormHandlerTest, NoFileIsLostToAnotherOfItsType) {
    const Answer answer = send_form(file_part("photo", "a", "1") + file_part("photo_2", "b", "2") +
                                    file_part("photo", "c", "3") + file_part("photo", "d", "4"));
    EXPECT_EQ(number(answer, "uploaded_count"), 4);
    EXPECT_EQ(stored(answer, "photo"), "1");
    EXPECT_EQ(stored(answer, "photo_2"), "2");
    EXPECT_EQ(stored(answer, "photo_3"), "3");
    EXPECT_EQ(stored(answer, "photo_4"), "4");
}

TEST_P(FormHandlerTest, InputsLeftAloneAreNoFilesAndEmptyFilesAre) {
    const Answer answer = send_form(file_part("none", "", "") + file_part("empty", "e.txt", ""));
    EXPECT_EQ(number(answer, "total_files"), 1);
    EXPECT_EQ(stored(answer, "empty"), "");
    const Answer nothing = send_form(file_part("none", "", "") + field("a", "b"));
    EXPECT_EQ(nothing.status, 400);
    EXPECT_EQ(nothing.text("error"), "No files provided");
    EXPECT_EQ(nothing.header("Content-Type"), "application/problem+json");
    EXPECT_EQ(send_form("").text("error"), "No files provided");
    EXPECT_EQ(post("/api/uploads", "").text("error"), "No files provided");
}

TEST_P(FormHandlerTest, WhatIsNoFormIsToldSo) {
    EXPECT_EQ(send_as("{}", "application/json").text("code"), "not_a_form");
    EXPECT_EQ(send_as("--xyz--", "multipart/form-data").text("code"), "no_boundary");
    const Answer wrong =
        send_as(file_part("a", "a", "x") + "--xyz--", "multipart/form-data; boundary=abc");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_EQ(wrong.text("code"), "wrong_boundary");
}

TEST_P(FormHandlerTest, WorkersAreAWholeNumberFromOne) {
    const std::string a = file_part("a", "a", "x");
    for (const std::string_view bad : {"0", "-1", "many", "", "1.5", " 2"}) {
        const Answer answer = send_form(field("max_workers", bad) + a);
        EXPECT_EQ(answer.status, 400) << bad;
        EXPECT_EQ(answer.text("code"), "invalid_max_workers");
        EXPECT_THAT(answer.text("error"), HasSubstr("max_workers"));
    }
    EXPECT_EQ(send_form(a, "/api/uploads/?max_workers=0").text("code"), "invalid_max_workers");
    EXPECT_EQ(objects(), 0U);
    for (const std::string_view good : {"1", "10", "99999999999999999999"}) {
        EXPECT_EQ(send_form(field("max_workers", good) + a).status, 200) << good;
    }
}

TEST_P(FormHandlerTest, TheCategoryComesBeforeTheFilesOrInTheQuery) {
    const std::string a = file_part("a", "a", "x");
    EXPECT_THAT(send_form(a).body, HasSubstr("s3://slipway/general/user_username/a/"));
    EXPECT_THAT(send_form(a, "/api/uploads?file_category=docs").body,
                HasSubstr("s3://slipway/docs/user_username/a/"));
    EXPECT_THAT(send_form(file_part("left alone", "", "") + field("file_category", "id") + a).body,
                HasSubstr("s3://slipway/id/user_username/a/"));
    EXPECT_EQ(send_form(a + field("file_category", "general")).status, 200);

    const Answer late = send_form(a + field("file_category", "docs"));
    EXPECT_EQ(late.status, 400);
    EXPECT_EQ(late.text("code"), "category_after_files");
    EXPECT_EQ(stored(late, "a"), "x");  // stays, and is named
    EXPECT_THAT(late.text("error"), HasSubstr("1 files before were stored"));
}

TEST_P(FormHandlerTest, NamesThatArePathsAreRefused) {
    for (const std::string_view bad : {"a/b", "..", "", "a%0D%0Ab"}) {
        const Answer answer =
            send_form(file_part(bad, "x.txt", "1") + file_part("good", "y.txt", "2"));
        EXPECT_EQ(answer.status, 200) << bad;
        EXPECT_EQ(stored(answer, "good"), "2");
        EXPECT_EQ(number(answer, "uploaded_count"), 1);
        EXPECT_THAT(answer.body, HasSubstr("invalid_file_type"));
        const Answer category = send_form(field("file_category", bad == "a%0D%0Ab" ? "a\nb" : bad) +
                                          file_part("good", "y.txt", "2"));
        EXPECT_EQ(category.status, 400) << bad;
        EXPECT_EQ(category.text("code"), "invalid_file_category");
    }
}

TEST_P(FormHandlerTest, AFileOverTheLimitFailsAlone) {
    Settings settings = make_settings();
    settings.file_size_max = 100'000;
    serve(settings);
    const Answer answer =
        send_form(file_part("a", "a", std::string(100'000, 'a')) +
                  file_part("b", "b", std::string(300'000, 'b')) + file_part("c", "c", "c"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(number(answer, "uploaded_count"), 2);
    EXPECT_EQ(failed(answer, "b"), "file_too_large");
    EXPECT_EQ(stored(answer, "c"), "c");
    EXPECT_EQ(objects(), 2U);
    EXPECT_EQ(send_form(file_part("b", "b", std::string(300'000, 'b'))).status, 413);
    EXPECT_EQ(memory_.use().bytes, 0U);
}

TEST_P(FormHandlerTest, ACutFormKeepsWholeFilesAndNamesThem) {
    const std::string body = file_part("a", "a", "whole") + file_part("b", "b", "half");
    const Answer answer =
        send_as(body.substr(0, body.size() - 4), "multipart/form-data; boundary=xyz");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.text("code"), "truncated_form");
    EXPECT_EQ(stored(answer, "a"), "whole");
    EXPECT_EQ(failed(answer, "b"), "truncated_form");
    EXPECT_EQ(objects(), 1U);
}

TEST_P(FormHandlerTest, HundredsOfFilesAreStored) {
    std::string body = field("max_workers", "10");
    for (int i = 0; i < 500; ++i) {
        body += file_part("document_" + std::to_string(i), "d.txt", std::to_string(i));
    }
    const Answer answer = send_form(body);
    EXPECT_EQ(number(answer, "uploaded_count"), 500);
    EXPECT_EQ(stored(answer, "document_499"), "499");
}

TEST_P(FormHandlerTest, TooManyPartsAreRefused) {
    std::string body;
    for (std::size_t i = 0; i <= limits::form_parts_max; ++i) {
        body += field("x", "");
    }
    const Answer answer = send_form(body);
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.text("code"), "too_many_parts");
    EXPECT_EQ(send_form(field("x", std::string(70'000, 'x'))).text("code"), "field_too_large");
}

TEST_P(FormHandlerTest, AStoreThatIsAwayIsABadGateway) {
    store_.puts_fail = Error{ErrorKind::unavailable, "connect to 127.0.0.1:9000: refused", "", 0};
    const Answer answer = send_form(file_part("a", "a", "1") + file_part("b", "b", "2"));
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(number(answer, "total_files"), 2);
    EXPECT_EQ(failed(answer, "a"), "unavailable");
    EXPECT_EQ(failed(answer, "b"), "unavailable");
    EXPECT_THAT(answer.text("error"), HasSubstr("refused"));

    store_.puts_fail = Error{ErrorKind::permission_denied, "no", "AccessDenied", 403};
    EXPECT_EQ(send_form(file_part("a", "a", "1")).status, 502);
    store_.puts_fail = Error{ErrorKind::no_space, "disk full", "", 0};
    EXPECT_EQ(send_form(file_part("a", "a", "1")).status, 507);
    store_.puts_fail = Error{ErrorKind::throttled, "slow", "SlowDown", 503};
    EXPECT_EQ(send_form(file_part("a", "a", "1")).status, 503);
}

TEST_P(FormHandlerTest, OneFileMayBeTheBody) {
    const auto put = [this](std::string_view target, const std::string& body,
                            const Headers& more = {}) {
        Headers headers = more;
        headers.emplace_back("Authorization", "Bearer token-1");
        return send_plain(http::Method::put, target, body, headers);
    };
    Answer answer = put("/api/uploads/docs/contract?file_name=c.PDF", "bytes");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(stored(answer, "contract"), "bytes");
    EXPECT_EQ(type_, "application/pdf");
    EXPECT_THAT(answer.body, HasSubstr(".pdf"));
    answer = put("/api/uploads/docs/contract/", std::string(300'000, 'x'),
                 {{"Content-Disposition", "attachment; filename=\"a.txt\""},
                  {"Content-Type", "text/x-own"}});
    EXPECT_EQ(stored(answer, "contract").size(), 300'000U);
    EXPECT_EQ(type_, "text/x-own");
    EXPECT_THAT(answer.body, HasSubstr(".txt"));
    EXPECT_EQ(stored(put("/api/uploads/docs/empty", ""), "empty"), "");
    EXPECT_EQ(put("/api/uploads/docs/%2e%2e", "x").text("code"), "invalid_file_type");
    EXPECT_EQ(put("/api/uploads/a%2Fb/c", "x").text("code"), "invalid_file_category");
    Settings settings = make_settings();
    settings.file_size_max = 3;
    serve(settings);
    EXPECT_EQ(put("/api/uploads/a/b", "1234").status, 413);
}

TEST_P(FormHandlerTest, StrangersAreRefused) {
    EXPECT_EQ(send_plain(http::Method::post, "/api/uploads/", "x").status, 401);
    EXPECT_EQ(send_plain(http::Method::put, "/api/uploads/a/b", "x").status, 401);
    EXPECT_EQ(get("/api/uploads/").status, 405);
}

INSTANTIATE_TEST_SUITE_P(Stores, FormHandlerTest, ::testing::Bool());

}  // namespace
}  // namespace slipway::server
