// SPDX-License-Identifier: Apache-2.0
#include "server/cors.h"

#include "unit/server/service_fixture.h"

namespace slipway::server {
namespace {

using ::testing::HasSubstr;

class CorsTest : public ServiceTest {
  protected:
    CorsTest() {
        Settings settings = make_settings();
        settings.allowed_origins = {"https://app.example"};
        serve(settings);
    }

    Answer preflight(std::string_view origin, std::string_view path = "/api/files/upload/") {
        return send_plain(http::Method::options, path, "",
                          {{"Origin", std::string(origin)},
                           {"Access-Control-Request-Method", "POST"},
                           {"Access-Control-Request-Headers", "authorization,content-type"}});
    }

    Answer list(const Headers& more) {
        Headers headers = {{"Authorization", "Bearer token-1"}};
        headers.insert(headers.end(), more.begin(), more.end());
        return send_plain(http::Method::get, "/api/files/", "", headers);
    }
};

TEST_F(CorsTest, AnAllowedPageMayAskAndRead) {
    const Answer asked = preflight("https://app.example");
    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(asked.header("Access-Control-Allow-Origin"), "https://app.example");
    EXPECT_THAT(asked.header("Access-Control-Allow-Methods"), HasSubstr("POST"));
    EXPECT_THAT(asked.header("Access-Control-Allow-Headers"), HasSubstr("Authorization"));
    EXPECT_EQ(asked.header("Vary"), "Origin");
    const Answer answer = list({{"Origin", "https://app.example"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "https://app.example");
}

TEST_F(CorsTest, ItMayReadErrorsToo) {
    const Answer answer =
        send_plain(http::Method::get, "/api/files/", "", {{"Origin", "https://app.example"}});
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "https://app.example");
}

TEST_F(CorsTest, OtherPagesMayNot) {
    for (const char* origin : {"https://evil.example", "http://app.example",
                               "https://app.example:8", "https://app.example.evil", "null", ""}) {
        EXPECT_EQ(preflight(origin).status, 405) << origin;
        const Answer answer = list({{"Origin", origin}});
        EXPECT_FALSE(answer.headers.has("Access-Control-Allow-Origin")) << origin;
        EXPECT_EQ(answer.header("Vary"), "Origin") << "caches keep the two apart";
    }
}

// The cookie is our own page's: whoever runs the other page would act as its visitor.
TEST_F(CorsTest, CookiesStayWithOurOwnPage) {
    EXPECT_FALSE(preflight("https://app.example").headers.has("Access-Control-Allow-Credentials"));
    const std::string cookie =
        send_plain(http::Method::get, "/?token=token-1").header("Set-Cookie");
    const Answer answer = send_plain(
        http::Method::post, "/api/files/upload/", file("a.jpg", 1),
        {{"Origin", "https://app.example"}, {"Cookie", cookie.substr(0, cookie.find(';'))}});
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.text("code"), "cross_site");
}

TEST_F(CorsTest, TheApiOnly) {
    EXPECT_EQ(preflight("https://app.example", "/healthz").status, 405);
    const Answer answer =
        send_plain(http::Method::get, "/healthz", "", {{"Origin", "https://app.example"}});
    EXPECT_FALSE(answer.headers.has("Access-Control-Allow-Origin"));
}

TEST_F(CorsTest, NobodyByDefault) {
    serve(make_settings());
    EXPECT_EQ(preflight("https://app.example").status, 405);
    const Answer answer = list({{"Origin", "https://app.example"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_FALSE(answer.headers.has("Access-Control-Allow-Origin"));
    EXPECT_FALSE(answer.headers.has("Vary"));
}

TEST_F(CorsTest, AllByAStar) {
    Settings settings = make_settings();
    settings.allowed_origins = {"*"};
    serve(settings);
    EXPECT_EQ(preflight("https://any.example").header("Access-Control-Allow-Origin"),
              "https://any.example");
}

}  // namespace
}  // namespace slipway::server
