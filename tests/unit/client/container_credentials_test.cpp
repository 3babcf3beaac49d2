// SPDX-License-Identifier: Apache-2.0
#include "client/container_credentials.h"

#include "credentials_fixture.h"

namespace slipway::client {
namespace {

class ContainerTest : public ServiceTest {
  protected:
    Result<Offer> ask() {
        ContainerCredentials provider(http_, environment(), url_);
        return run(provider.ask());
    }
};

TEST_F(ContainerTest, AsksTheAgentAtARelativeUri) {
    variables_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/1?x=2";
    answer(200, agent_document());
    expect_temporary(ask(), "AKID");
    EXPECT_EQ(seen(0).request.target, "/v2/credentials/1?x=2");
    EXPECT_FALSE(seen(0).request.headers.has("Authorization"));
}

TEST_F(ContainerTest, AsksTheAgentAtAFullUriWithItsToken) {
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url_ + "/role";
    variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Basic abc";
    answer(200, agent_document());
    expect_temporary(ask(), "AKID");
    EXPECT_EQ(seen(0).request.target, "/role");
    EXPECT_EQ(header(0, "Authorization"), "Basic abc");
}

TEST_F(ContainerTest, NoProxySeesTheToken) {
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url_;
    variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "topsecret";
    answer(200, agent_document());
    ContainerCredentials provider(proxied_, environment(), url_);
    expect_temporary(run(provider.ask()), "AKID");
    EXPECT_EQ(header(0, "Authorization"), "topsecret");
}

TEST_F(ContainerTest, TheTokenFileGoesFirstAndIsReadEachTime) {
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url_;
    variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "old";
    variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = home_.write("token", "one\n");
    answer(200, agent_document());
    answer(200, agent_document());
    ASSERT_TRUE(ask());
    home_.write("token", "two");
    ASSERT_TRUE(ask());
    EXPECT_EQ(header(0, "Authorization"), "one");
    EXPECT_EQ(header(1, "Authorization"), "two");
    EXPECT_EQ(seen(0).request.target, "/");
}

TEST_F(ContainerTest, ATokenThatWouldBreakOutOfItsHeaderIsRefusedAndNotShown) {
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url_;
    variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "topsecret\r\nHost: evil";
    expect_failure(ask(), ErrorKind::invalid_argument, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    EXPECT_TRUE(service_.seen.empty());
}

TEST_F(ContainerTest, WithoutAUriThereIsNothing) {
    expect_nothing(ask(), "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
}

TEST_F(ContainerTest, AStrangersHostIsNotAskedWithoutTls) {
    for (const char* url : {"http://evil.example/", "http://10.0.0.1/", "http://169.254.169.254/",
                            "http://127.0.0.1.evil.example/", "http://localhost.evil.example/"}) {
        variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
        expect_failure(ask(), ErrorKind::invalid_argument, "neither https");
    }
    for (const char* url : {"https://evil.example", "http://127.0.0.1", "http://127.9.9.9:80",
                            "http://localhost:51678", "http://[::1]:80", "http://169.254.170.2",
                            "http://169.254.170.23", "http://[fd00:ec2::23]"}) {
        EXPECT_TRUE(may_be_asked(net::parse_origin(url).value())) << url;
    }
}

TEST_F(ContainerTest, AnAgentThatRefusesOrFailsIsAFailure) {
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url_;
    answer(403, "{\"message\":\"topsecret\"}");
    expect_failure(ask(), ErrorKind::unauthenticated, "status 403");
    answer(500, "topsecret");
    expect_failure(ask(), ErrorKind::unavailable, "status 500");
    for (const char* document : {"topsecret", "[]", "{\"AccessKeyId\":\"A\"}",
                                 "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"topsecret\","
                                 "\"Expiration\":\"soon\"}"}) {
        answer(200, document);
        expect_failure(ask(), ErrorKind::corrupted, "the answer");
    }
}

}  // namespace
}  // namespace slipway::client
