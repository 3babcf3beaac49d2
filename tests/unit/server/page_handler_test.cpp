// SPDX-License-Identifier: Apache-2.0
#include "server/page_handler.h"

#include "unit/server/service_fixture.h"

#include <array>

namespace slipway::server {
namespace {

using ::testing::HasSubstr;

constexpr std::array<Asset, 3> assets{{
    {"/assets/index-Bx3.js", "text/javascript", "\"js1\"", "console.log(1)", "GZIPPED", true},
    {"/favicon.svg", "image/svg+xml", "\"svg1\"", "<svg/>", "", false},
    {"/index.html", "text/html; charset=utf-8", "\"html1\"", "<!doctype html>", "GZIPPED-HTML",
     false},
}};

class PageHandlerTest : public ::testing::Test {
  protected:
    static Settings make_settings() {
        Settings settings;
        settings.users = {{"username", sha256_hex("token-1")}};
        settings.session_key = Secret("0123456789abcdef0123456789abcdef");
        settings.store_origin = "http://127.0.0.1:9000";
        return settings;
    }

    std::optional<Answer> get(std::string_view target,
                              const std::vector<http::Header>& headers = {},
                              http::Method method = http::Method::get) const {
        http::Request request;
        request.method = method;
        request.target = target;
        for (const auto& header : headers) {
            request.headers.add(header.name, header.value);
        }
        auto response = pages_.answer(request, Time());
        return response ? std::optional(to_answer(*std::move(response))) : std::nullopt;
    }

    const Settings settings_ = make_settings();
    const Authenticator auth_{settings_};
    const PageHandler pages_{settings_, auth_, assets};
};

TEST_F(PageHandlerTest, TheRootIsThePage) {
    for (const char* path : {"/", "/index.html", "/?from=mail"}) {
        const auto answer = get(path);
        ASSERT_TRUE(answer) << path;
        EXPECT_EQ(answer->status, 200);
        EXPECT_EQ(answer->body, "<!doctype html>");
        EXPECT_EQ(answer->header("Content-Type"), "text/html; charset=utf-8");
        EXPECT_EQ(answer->header("Cache-Control"), "no-cache");
        EXPECT_EQ(answer->header("ETag"), "W/\"html1\"");
    }
}

TEST_F(PageHandlerTest, ThePageIsGuarded) {
    const auto answer = get("/");
    EXPECT_EQ(answer->header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer->header("Referrer-Policy"), "no-referrer");
    const std::string policy = answer->header("Content-Security-Policy");
    EXPECT_THAT(policy, HasSubstr("default-src 'self'"));
    EXPECT_THAT(policy, HasSubstr("connect-src 'self' http://127.0.0.1:9000;"));
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(policy, ::testing::Not(HasSubstr("unsafe")));
}

TEST_F(PageHandlerTest, FilesWithAHashInTheirNameAreKeptForever) {
    const auto answer = get("/assets/index-Bx3.js");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->header("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(answer->body, "console.log(1)");
}

TEST_F(PageHandlerTest, CompressedForWhoTakesIt) {
    for (const char* accepts : {"gzip", "br, gzip;q=0.8", "deflate, gzip"}) {
        const auto answer = get("/", {{"Accept-Encoding", accepts}});
        EXPECT_EQ(answer->header("Content-Encoding"), "gzip") << accepts;
        EXPECT_EQ(answer->header("Vary"), "Accept-Encoding");
        EXPECT_EQ(answer->body, "GZIPPED-HTML");
    }
    for (const char* accepts : {"br", "identity", "", "gzip;q=0", "gzip; q=0.0", "br, gzip;q=0"}) {
        const auto answer = get("/", {{"Accept-Encoding", accepts}});
        EXPECT_EQ(answer->header("Content-Encoding"), "") << accepts;
        EXPECT_EQ(answer->header("Vary"), "Accept-Encoding");
        EXPECT_EQ(answer->body, "<!doctype html>");
    }
    EXPECT_EQ(get("/favicon.svg", {{"Accept-Encoding", "gzip"}})->body, "<svg/>");
}

TEST_F(PageHandlerTest, WhatTheBrowserHasIsNotSentAgain) {
    for (const char* known : {"W/\"html1\"", "\"html1\"", "\"old\", W/\"html1\"", "*"}) {
        const auto same = get("/", {{"If-None-Match", known}});
        EXPECT_EQ(same->status, 304) << known;
        EXPECT_EQ(same->body, "");
        EXPECT_EQ(same->header("ETag"), "W/\"html1\"");
        EXPECT_EQ(same->header("Cache-Control"), "no-cache");
    }
    for (const char* other : {"\"other\"", "html", "\"html\"", "\"html12\""}) {
        EXPECT_EQ(get("/", {{"If-None-Match", other}})->status, 200) << other;
    }
}

TEST_F(PageHandlerTest, OtherPathsAndMethodsAreForOthers) {
    for (const char* path : {"/api/files", "/index", "/assets/", "/assets", "/zzz", "",
                             "/../index.html", "/index.html/", "/%69ndex.html"}) {
        EXPECT_FALSE(get(path)) << path;
    }
    EXPECT_FALSE(get("/", {}, http::Method::post));
    EXPECT_TRUE(get("/", {}, http::Method::head));
}

TEST_F(PageHandlerTest, WithoutAPageTheLinkStillSignsIn) {
    const PageHandler empty(settings_, auth_, std::span<const Asset>());
    http::Request request;
    request.target = "/";
    EXPECT_FALSE(empty.answer(request, Time()));
    request.target = "/?token=token-1";
    EXPECT_EQ(empty.answer(request, Time())->status, 303);
}

}  // namespace
}  // namespace slipway::server
