// SPDX-License-Identifier: Apache-2.0
#include "gateway/cors.h"

#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;
using testing::HasSubstr;

class Cors : public GatewayTest {
  protected:
    Answer preflight(Pairs headers) {
        return send_raw(request(Method::options, path("a"), std::move(headers)));
    }
};

TEST_F(Cors, PreflightIsAnsweredWithoutAKey) {
    const Answer answer =
        preflight({{"Origin", "https://drive.example"},
                   {"Access-Control-Request-Method", "PUT"},
                   {"Access-Control-Request-Headers", "content-type,x-amz-meta-a"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "https://drive.example");
    EXPECT_THAT(answer.header("Access-Control-Allow-Methods"), HasSubstr("PUT"));
    EXPECT_EQ(answer.header("Access-Control-Allow-Headers"), "content-type,x-amz-meta-a");
    EXPECT_EQ(answer.header("Access-Control-Max-Age"), "3600");
    EXPECT_THAT(answer.header("Vary"), HasSubstr("Origin"));
    EXPECT_EQ(answer.body, "");
}

TEST_F(Cors, PreflightOfOthersIsRefused) {
    const Answer other =
        preflight({{"Origin", "https://evil.example"}, {"Access-Control-Request-Method", "PUT"}});
    EXPECT_EQ(other.status, 403);
    EXPECT_FALSE(other.headers.has("Access-Control-Allow-Origin"));
    EXPECT_EQ(
        preflight({{"Origin", "https://drive.example"}, {"Access-Control-Request-Method", "TRACE"}})
            .status,
        403);
    EXPECT_EQ(preflight({{"Origin", "https://drive.example"}}).status, 400);
    EXPECT_EQ(preflight({}).status, 400);
    options.cors_origins.clear();
    EXPECT_EQ(
        preflight({{"Origin", "https://drive.example"}, {"Access-Control-Request-Method", "PUT"}})
            .status,
        403);
}

TEST_F(Cors, AnswersCanBeReadByAllowedPages) {
    const Answer answer = put("a", "hello", {{"Origin", "https://drive.example"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "https://drive.example");
    EXPECT_THAT(answer.header("Access-Control-Expose-Headers"), HasSubstr("ETag"));
    EXPECT_THAT(answer.header("Access-Control-Expose-Headers"),
                HasSubstr("x-amz-checksum-crc64nvme"));
    EXPECT_THAT(answer.header("Access-Control-Expose-Headers"), HasSubstr("x-amz-request-id"));
    EXPECT_EQ(answer.header("Vary"), "Origin");
}

TEST_F(Cors, ErrorsToo) {
    const Answer answer =
        send_raw(request(Method::get, path("a"), {{"Origin", "https://drive.example"}}));
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "https://drive.example");
}

TEST_F(Cors, OtherPagesAndOtherClientsGetNoPermission) {
    for (const Answer& answer :
         {put("a", "hello", {{"Origin", "https://evil.example"}}), put("a", "hello")}) {
        EXPECT_EQ(answer.status, 200);
        EXPECT_FALSE(answer.headers.has("Access-Control-Allow-Origin"));
        EXPECT_EQ(answer.header("Vary"), "Origin");
    }
}

TEST_F(Cors, AnyOrigin) {
    options.cors_origins = {"*"};
    const Answer answer = put("a", "hello", {{"Origin", "https://anywhere.example"}});
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*");
    EXPECT_FALSE(answer.headers.has("Vary"));
    EXPECT_FALSE(put("a", "hello").headers.has("Access-Control-Allow-Origin"));
}

TEST_F(Cors, None) {
    options.cors_origins.clear();
    const Answer answer = put("a", "hello", {{"Origin", "https://drive.example"}});
    EXPECT_FALSE(answer.headers.has("Access-Control-Allow-Origin"));
    EXPECT_FALSE(answer.headers.has("Vary"));
}

}  // namespace
}  // namespace slipway::gateway
