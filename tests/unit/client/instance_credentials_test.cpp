// SPDX-License-Identifier: Apache-2.0
#include "client/instance_credentials.h"

#include "credentials_fixture.h"
#include "task/pause.h"

#include <atomic>

namespace slipway::client {
namespace {

class InstanceTest : public ServiceTest {
  protected:
    InstanceTest() { variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = url_; }
    Result<Offer> ask() {
        InstanceCredentials provider(http_, environment());
        return run(provider.ask());
    }
};

TEST_F(InstanceTest, AsksForTokenRoleAndCredentials) {
    answer(200, "the-token");
    answer(200, "my role\nsecond");
    answer(200, agent_document());
    expect_temporary(ask(), "AKID");
    ASSERT_EQ(service_.seen.size(), 3u);
    EXPECT_EQ(seen(0).request.method, http::Method::put);
    EXPECT_EQ(seen(0).request.target, "/latest/api/token");
    EXPECT_EQ(header(0, "X-aws-ec2-metadata-token-ttl-seconds"), "21600");
    EXPECT_EQ(seen(1).request.target, "/latest/meta-data/iam/security-credentials/");
    EXPECT_EQ(header(1, "X-aws-ec2-metadata-token"), "the-token");
    EXPECT_EQ(seen(2).request.target, "/latest/meta-data/iam/security-credentials/my%20role");
    EXPECT_EQ(header(2, "X-aws-ec2-metadata-token"), "the-token");
}

TEST_F(InstanceTest, IsAskedWithoutAProxy) {
    answer(200, "the-token");
    answer(200, "role");
    answer(200, agent_document());
    InstanceCredentials provider(proxied_, environment());
    expect_temporary(run(provider.ask()), "AKID");
}

TEST_F(InstanceTest, IsNotAskedWhenThatIsUnwanted) {
    variables_["AWS_EC2_METADATA_DISABLED"] = "TRUE";
    expect_nothing(ask(), "AWS_EC2_METADATA_DISABLED");
    EXPECT_TRUE(service_.seen.empty());
}

TEST_F(InstanceTest, AMachineWithoutTheServiceHasNothing) {
    server_.drain(std::chrono::milliseconds(0));
    expect_nothing(ask(), "no metadata service: cannot connect");
}

TEST_F(InstanceTest, OneThatGivesNoTokenHasNothing) {
    for (const int status : {403, 404, 500}) {
        answer(status, "topsecret");
        expect_nothing(ask(), "no IMDSv2 token (status " + std::to_string(status) + ")");
    }
    answer(200, "");
    expect_nothing(ask(), "no IMDSv2 token");
    answer(200, "token\r\nX: y");
    expect_nothing(ask(), "no IMDSv2 token");
}

TEST_F(InstanceTest, AnInstanceWithoutARoleHasNothing) {
    answer(200, "token");
    answer(404, "");
    expect_nothing(ask(), "no role");
    answer(200, "token");
    answer(200, "");
    expect_nothing(ask(), "no role");
}

TEST_F(InstanceTest, ARoleWhoseCredentialsCannotBeHadIsAFailure) {
    answer(200, "token");
    answer(200, "role-x");
    answer(500, "");
    expect_failure(ask(), ErrorKind::unavailable, "role-x");
    answer(200, "token");
    answer(200, "role-x");
    answer(200, "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"topsecret\"}");
    expect_failure(ask(), ErrorKind::corrupted, "role role-x: the answer has no AccessKeyId");
}

TEST_F(InstanceTest, AnEndpointThatIsNoneIsSaid) {
    variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "imds";
    expect_failure(ask(), ErrorKind::invalid_argument, "imds");
}

/// A service that takes connections and answers nothing.
class SilentTest : public InstanceTest {
  protected:
    ~SilentTest() override { silent_.over = true; }

    class Silent final : public http::Handler {
      public:
        Async<http::Response> handle(const http::Request&, BodyReader&) override {
            while (!over) {
                co_await pause_for(std::chrono::milliseconds(1));
            }
            co_return http::Response();
        }
        std::atomic<bool> over = false;
    };
    Silent silent_;
    net::HttpServer silent_server_{threads_, silent_, pool_, "silent"};
};

TEST_F(SilentTest, AServiceThatDoesNotAnswerIsNotWaitedForLong) {
    variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] =
        "http://127.0.0.1:" + std::to_string(silent_server_.listen("127.0.0.1:0").value());
    expect_nothing(ask(), "no answer within 1000 ms");
}

}  // namespace
}  // namespace slipway::client
