// SPDX-License-Identifier: Apache-2.0
// A bucket's own CORS rules, in preflights and in the requests themselves.
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;
using testing::HasSubstr;

class BucketCors : public GatewayTest {
  protected:
    void set_rules(std::string_view rules) {
        const Answer answer =
            send(Method::put, "/photos?cors", {},
                 std::string("<CORSConfiguration>").append(rules).append("</CORSConfiguration>"));
        ASSERT_EQ(answer.status, 200) << answer.body;
    }

    static std::string rule(std::string_view method,
                            std::string_view origin,
                            std::string_view more = {}) {
        return std::string("<CORSRule><AllowedMethod>")
            .append(method)
            .append("</AllowedMethod><AllowedOrigin>")
            .append(origin)
            .append("</AllowedOrigin>")
            .append(more)
            .append("</CORSRule>");
    }

    Answer preflight(std::string_view origin,
                     std::string_view method,
                     std::string_view headers = {}) {
        Pairs pairs = {{"Origin", std::string(origin)},
                       {"Access-Control-Request-Method", std::string(method)}};
        if (!headers.empty()) {
            pairs.emplace_back("Access-Control-Request-Headers", std::string(headers));
        }
        return send_raw(request(Method::options, path("a"), pairs));
    }
};

TEST_F(BucketCors, OriginsMayHaveAnAsterisk) {
    set_rules(rule("GET", "*.suffix") + rule("GET", "start*end") + rule("GET", "prefix*") +
              rule("PUT", "*.put"));
    for (const char* origin : {"foo.suffix", "startend", "start12end", "prefix", "prefix.suffix"}) {
        const Answer answer = preflight(origin, "GET");
        EXPECT_EQ(answer.status, 200) << origin;
        EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), origin);
        EXPECT_EQ(answer.header("Access-Control-Allow-Methods"), "GET");
        EXPECT_EQ(answer.header("Access-Control-Allow-Credentials"), "true");
        EXPECT_THAT(answer.header("Vary"), HasSubstr("Origin"));
    }
    for (const char* origin : {"suffix", "0startend", "startend0", "stend", "aprefix", "foo.put"}) {
        const Answer answer = preflight(origin, "GET");
        EXPECT_EQ(answer.status, 403) << origin;
        EXPECT_EQ(answer.code(), "AccessForbidden");
        EXPECT_FALSE(answer.headers.has("Access-Control-Allow-Origin"));
    }
    EXPECT_EQ(preflight("foo.put", "PUT").status, 200);
    EXPECT_EQ(preflight("foo.put", "DELETE").status, 403);
    // The store's own origins are not asked any more.
    EXPECT_EQ(preflight("https://drive.example", "GET").status, 403);
}

TEST_F(BucketCors, HeadersAreAllAllowedOrNone) {
    set_rules(rule("PUT", "https://a.example",
                   "<AllowedHeader>content-type</AllowedHeader>"
                   "<AllowedHeader>X-Amz-*</AllowedHeader>"));
    const Answer answer = preflight("https://a.example", "PUT", "Content-Type, x-amz-meta-a");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Access-Control-Allow-Headers"), "Content-Type, x-amz-meta-a");
    EXPECT_EQ(preflight("https://a.example", "PUT", "content-type,x-other").status, 403);
    EXPECT_EQ(preflight("https://a.example", "PUT").status, 200);
    set_rules(rule("PUT", "https://a.example"));
    EXPECT_EQ(preflight("https://a.example", "PUT", "content-type").status, 403);
}

TEST_F(BucketCors, TheFirstRuleThatFitsAnswers) {
    set_rules(rule("GET", "*",
                   "<MaxAgeSeconds>10</MaxAgeSeconds><ExposeHeader>ETag</ExposeHeader>"
                   "<ExposeHeader>x-amz-meta-a</ExposeHeader>") +
              rule("PUT", "*", "<MaxAgeSeconds>20</MaxAgeSeconds>"));
    const Answer get = preflight("https://a.example", "GET");
    EXPECT_EQ(get.header("Access-Control-Allow-Origin"), "*");
    EXPECT_FALSE(get.headers.has("Access-Control-Allow-Credentials"));
    EXPECT_EQ(get.header("Access-Control-Max-Age"), "10");
    EXPECT_EQ(get.header("Access-Control-Expose-Headers"), "ETag, x-amz-meta-a");
    EXPECT_EQ(preflight("https://a.example", "PUT").header("Access-Control-Max-Age"), "20");
}

TEST_F(BucketCors, RequestsThemselvesAreAnsweredByTheRules) {
    set_rules(rule("GET", "https://a.example"));
    put("a", "hello");
    EXPECT_EQ(get("a", {{"Origin", "https://a.example"}}).header("Access-Control-Allow-Origin"),
              "https://a.example");
    EXPECT_EQ(get("a", {{"Origin", "https://a.example"}}).header("Access-Control-Allow-Methods"),
              "GET");
    EXPECT_FALSE(
        get("a", {{"Origin", "https://b.example"}}).headers.has("Access-Control-Allow-Origin"));
    EXPECT_FALSE(get("a").headers.has("Access-Control-Allow-Origin"));
    EXPECT_FALSE(put("a", "hello", {{"Origin", "https://a.example"}})
                     .headers.has("Access-Control-Allow-Origin"));
    // The page reads a refusal too.
    const Answer refused =
        send_raw(request(Method::get, path("a"), {{"Origin", "https://a.example"}}));
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.header("Access-Control-Allow-Origin"), "https://a.example");
}

TEST_F(BucketCors, PresignedUrlsAreAskedAboutWithoutTheirSignature) {
    set_rules(rule("PUT", "https://a.example"));
    const std::string target = presign(Method::put, "a");
    const Pairs asked = {{"Origin", "https://a.example"}, {"Access-Control-Request-Method", "PUT"}};
    EXPECT_EQ(send_raw(request(Method::options, target, asked)).status, 200);
    EXPECT_EQ(send_raw(request(Method::options, target)).status, 400);
    EXPECT_EQ(send_raw(request(Method::put, target, {{"Origin", "https://a.example"}}), "hello")
                  .header("Access-Control-Allow-Origin"),
              "https://a.example");
}

TEST_F(BucketCors, RulesThatS3DoesNotTake) {
    const auto code_of = [this](const std::string& rules) {
        return send(Method::put, "/photos?cors", {},
                    "<CORSConfiguration>" + rules + "</CORSConfiguration>")
            .code();
    };
    EXPECT_EQ(code_of(""), "MalformedXML");
    EXPECT_EQ(code_of("<CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule>"), "MalformedXML");
    EXPECT_EQ(code_of("<CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule>"), "MalformedXML");
    EXPECT_EQ(code_of(rule("PATCH", "*")), "InvalidRequest");
    EXPECT_EQ(code_of(rule("get", "*")), "InvalidRequest");
    EXPECT_EQ(code_of(rule("GET", "*a*")), "InvalidRequest");
    EXPECT_EQ(code_of(rule("GET", "a\nb")), "InvalidRequest");
    EXPECT_EQ(code_of(rule("GET", "*", "<AllowedHeader>*a*</AllowedHeader>")), "InvalidRequest");
    EXPECT_EQ(code_of(rule("GET", "*", "<ExposeHeader>*</ExposeHeader>")), "InvalidRequest");
    EXPECT_EQ(code_of(rule("GET", "*", "<MaxAgeSeconds>soon</MaxAgeSeconds>")), "MalformedXML");
    EXPECT_EQ(code_of(rule("GET", "*", "<ID>" + std::string(256, 'a') + "</ID>")),
              "InvalidRequest");
    std::string many;
    for (int i = 0; i < 101; ++i) {
        many += rule("GET", "*");
    }
    EXPECT_EQ(code_of(many), "InvalidRequest");
    EXPECT_EQ(send(Method::get, "/photos?cors").code(), "NoSuchCORSConfiguration");
}

}  // namespace
}  // namespace slipway::gateway
