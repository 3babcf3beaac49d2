// SPDX-License-Identifier: Apache-2.0
#include "server/auth.h"

#include "unit/server/service_fixture.h"

namespace slipway::server {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class AuthTest : public ServiceTest {
  protected:
    /// "slipway_session=..." as the browser sends it back.
    std::string sign_in() {
        const Answer answer = send_plain(http::Method::get, "/?token=token-1");
        EXPECT_EQ(answer.status, 303);
        const std::string cookie = answer.header("Set-Cookie");
        return cookie.substr(0, cookie.find(';'));
    }

    int status_with(const Headers& headers, http::Method method = http::Method::get) {
        const Answer answer = method == http::Method::get
                                  ? send_plain(method, "/api/files/", "", headers)
                                  : send_plain(method, "/api/files/upload/", file("a", 1), headers);
        if (answer.status == 401) {
            EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer");
            EXPECT_EQ(answer.text("code"), "unauthenticated");
        }
        return answer.status;
    }
};

TEST_F(AuthTest, ATokenIsNeeded) {
    EXPECT_EQ(status_with({}), 401);
    EXPECT_EQ(status_with({{"Authorization", "Bearer token-1"}}), 200);
    EXPECT_EQ(status_with({{"authorization", "bearer token-1"}}), 200);
    EXPECT_EQ(status_with({{"Authorization", "BEARER token-2"}}), 200);
    for (const char* wrong : {"Bearer token-3", "Bearer TOKEN-1", "Bearer ", "Bearer", "token-1",
                              "Basic token-1", "Bearer token-1 ", ""}) {
        EXPECT_EQ(status_with({{"Authorization", wrong}}), 401) << wrong;
    }
    // The hash of a token is no token.
    EXPECT_EQ(status_with({{"Authorization", "Bearer " + sha256_hex("token-1")}}), 401);
}

TEST_F(AuthTest, TheTokenIsNeverRepeated) {
    const Answer answer = send_plain(http::Method::get, "/api/files/", "",
                                     {{"Authorization", "Bearer my-secret-token"}});
    EXPECT_THAT(answer.body, ::testing::Not(HasSubstr("my-secret-token")));
}

TEST_F(AuthTest, ThePrintedLinkGivesACookie) {
    const Answer answer = send_plain(http::Method::get, "/?token=token-1");
    EXPECT_EQ(answer.status, 303);
    EXPECT_EQ(answer.header("Location"), "/") << "the token does not stay in the address bar";
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    const std::string cookie = answer.header("Set-Cookie");
    EXPECT_THAT(cookie, StartsWith("slipway_session="));
    EXPECT_THAT(cookie, HasSubstr("; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000"));
    EXPECT_THAT(cookie, ::testing::Not(HasSubstr("token-1")));
    EXPECT_EQ(send_plain(http::Method::get, "/?token=wrong").status, 401);
    EXPECT_EQ(send_plain(http::Method::get, "/?token=").status, 401);
    EXPECT_EQ(send_plain(http::Method::get, "/?token=%zz").status, 400);
}

TEST_F(AuthTest, TheCookieSignsIn) {
    const std::string cookie = sign_in();
    EXPECT_EQ(status_with({{"Cookie", cookie}}), 200);
    EXPECT_EQ(status_with({{"Cookie", "other=1; " + cookie + "; more=2"}}), 200);
    EXPECT_EQ(status_with({{"Cookie", "x" + cookie}}), 401);
    EXPECT_EQ(status_with({{"Cookie", "slipway_session"}}), 401);
    EXPECT_EQ(status_with({{"Cookie", "slipway_session="}}), 401);
    // Who shows a token is who the token says, or nobody.
    EXPECT_EQ(status_with({{"Cookie", cookie}, {"Authorization", "Bearer wrong"}}), 401);
    const Answer settings =
        send_plain(http::Method::get, "/api/settings", "", {{"Cookie", cookie}});
    EXPECT_EQ(settings.text("user"), "username");
}

TEST_F(AuthTest, ATamperedCookieIsNone) {
    const std::string cookie = sign_in();
    const auto value = cookie.find('=') + 1;
    for (std::size_t i = value; i < cookie.size(); ++i) {
        std::string changed = cookie;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_EQ(status_with({{"Cookie", changed}}), 401) << i;
    }
    EXPECT_EQ(status_with({{"Cookie", cookie.substr(0, cookie.size() - 1)}}), 401);
    const auto dot = cookie.find('.');
    EXPECT_EQ(status_with({{"Cookie", cookie.substr(0, dot) + cookie.substr(cookie.rfind('.'))}}),
              401);
    // Another user's name before the same signature.
    EXPECT_EQ(status_with({{"Cookie", "slipway_session=ZXZl" + cookie.substr(dot)}}), 401);
    Settings settings = make_settings();
    settings.session_key = Secret("another key of another installation");
    serve(settings);
    EXPECT_EQ(status_with({{"Cookie", cookie}}), 401);
}

TEST_F(AuthTest, ACookieExpires) {
    const std::string cookie = sign_in();
    clock_.time += limits::session_expiry;
    EXPECT_EQ(status_with({{"Cookie", cookie}}), 200);
    clock_.time += std::chrono::seconds(1);
    EXPECT_EQ(status_with({{"Cookie", cookie}}), 401);
}

TEST_F(AuthTest, WhoWasTakenOffTheSettingsIsOut) {
    const std::string cookie = sign_in();
    Settings settings = make_settings();
    settings.users.erase(settings.users.begin());
    serve(settings);
    EXPECT_EQ(status_with({{"Cookie", cookie}}), 401);
}

TEST_F(AuthTest, ACookieChangesThingsFromOurOwnPageOnly) {
    const std::string cookie = sign_in();
    const auto status = [&](const Headers& more) {
        Headers headers{{"Cookie", cookie}};
        headers.insert(headers.end(), more.begin(), more.end());
        return status_with(headers, http::Method::post);
    };
    EXPECT_EQ(status({{"Origin", "http://127.0.0.1:8080"}}), 200);
    EXPECT_EQ(status({{"Sec-Fetch-Site", "same-origin"}}), 200);
    EXPECT_EQ(status({}), 200) << "who names no origin is no browser";
    for (const char* origin : {"http://evil.example", "http://127.0.0.1:8081", "http://127.0.0.1",
                               "null", "127.0.0.1:8080", "http://127.0.0.1:8080.evil.example"}) {
        EXPECT_EQ(status({{"Origin", origin}}), 403) << origin;
    }
    EXPECT_EQ(status({{"Sec-Fetch-Site", "cross-site"}}), 403);
    EXPECT_EQ(status({{"Sec-Fetch-Site", "same-site"}}), 403);
    // A token is shown on purpose: no page elsewhere can make a browser send it.
    EXPECT_EQ(status_with({{"Authorization", "Bearer token-1"}, {"Origin", "http://app.example"}},
                          http::Method::post),
              200);
    EXPECT_EQ(status_with({{"Cookie", cookie}, {"Origin", "http://evil.example"}}), 200)
        << "reading by cookie is for the browser's own rules";
}

TEST(CheckHost, OnlyNamedHostsAreServed) {
    Settings settings;
    const auto allowed = [&settings](const std::string& host) {
        http::Request request;
        if (!host.empty()) {
            request.headers.add("Host", host);
        }
        return check_host(request, settings).has_value();
    };
    EXPECT_TRUE(allowed("anything.example"));
    settings.allowed_hosts = {"127.0.0.1", "localhost", "[::1]"};
    for (const char* good : {"127.0.0.1", "127.0.0.1:8080", "LocalHost:1", "[::1]", "[::1]:8080"}) {
        EXPECT_TRUE(allowed(good)) << good;
    }
    for (const char* bad : {"evil.example", "evil.example:8080", "127.0.0.1.evil.example", "",
                            "[::2]:8080", ":8080", "localhost.evil:80"}) {
        EXPECT_FALSE(allowed(bad)) << bad;
    }
}

}  // namespace
}  // namespace slipway::server
