// SPDX-License-Identifier: Apache-2.0
#include "client/sts.h"

#include "client/web_identity_credentials.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "codec/time.h"
#include "credentials_fixture.h"
#include "s3/sigv4.h"

namespace slipway::client {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class StsTest : public ServiceTest {
  protected:
    static s3::Credentials base() {
        s3::Credentials credentials;
        credentials.access_key_id = "BASE";
        credentials.secret_access_key = Secret("base secret");
        return credentials;
    }
    static RoleRequest role() {
        RoleRequest request;
        request.role_arn = "arn:aws:iam::123456789012:role/writer";
        return request;
    }
    Result<Offer> ask_web_identity() {
        WebIdentityCredentials provider(sts(), environment());
        return run(provider.ask());
    }
    TokenService& sts() {
        sts_.emplace(http_, url_, "eu-west-1", clock_);
        return *sts_;
    }
    std::optional<TokenService> sts_;
};

TEST_F(StsTest, IsAskedThroughTheProxy) {
    TokenService proxied(proxied_, url_, "eu-west-1", clock_);
    const auto credentials = run(proxied.assume_role(role(), base()));
    ASSERT_FALSE(credentials);
    EXPECT_THAT(credentials.error().message, HasSubstr("the proxy http://127.0.0.1:1"));
}

TEST_F(StsTest, TakesARoleOnInASignedRequest) {
    answer(200, sts_document("AssumeRole"));
    RoleRequest request = role();
    request.session_name = "me";
    request.external_id = "a&b";
    request.duration_seconds = "900";
    const auto credentials = run(sts().assume_role(request, base()));
    ASSERT_TRUE(credentials) << credentials.error().message;
    EXPECT_EQ(credentials->access_key_id, "ROLE");
    EXPECT_EQ(credentials->session_token, "session");
    EXPECT_EQ(credentials->expires_at, Time(std::chrono::seconds(1893553445)));
    EXPECT_EQ(seen(0).request.method, http::Method::post);
    EXPECT_EQ(form_value(0, "Action"), "AssumeRole");
    EXPECT_EQ(form_value(0, "Version"), "2011-06-15");
    EXPECT_EQ(form_value(0, "RoleArn"), request.role_arn);
    EXPECT_EQ(form_value(0, "RoleSessionName"), "me");
    EXPECT_EQ(form_value(0, "ExternalId"), "a&b");
    EXPECT_EQ(form_value(0, "DurationSeconds"), "900");
    const std::string authorization(header(0, "Authorization"));
    EXPECT_THAT(authorization, HasSubstr("Credential=BASE/"));
    EXPECT_THAT(authorization, HasSubstr("/eu-west-1/sts/aws4_request"));
    // The signature is over this body, by that secret.
    EXPECT_EQ(header(0, "x-amz-content-sha256"), codec::hex_encode(codec::sha256(seen(0).body)));
    http::Request again = seen(0).request;
    for (const char* name : {"Authorization", "Content-Length"}) {
        again.headers.remove(name);
    }
    const s3::Signer signer(base(), "eu-west-1", "sts");
    const auto date = codec::parse_amz_date(again.headers.get("x-amz-date")).value();
    ASSERT_TRUE(signer.sign(again, codec::hex_encode(codec::sha256(seen(0).body)), date));
    EXPECT_EQ(again.headers.get("Authorization"), authorization);
}

TEST_F(StsTest, ASessionGetsANameThatIsAllowed) {
    answer(200, sts_document("AssumeRole"));
    ASSERT_TRUE(run(sts().assume_role(role(), base())));
    EXPECT_THAT(form_value(0, "RoleSessionName"), StartsWith("slipway-2"));
    EXPECT_EQ(form_value(0, "ExternalId"), "(none)");
}

TEST_F(StsTest, ARefusalSaysWhy) {
    answer(403,
           "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User is "
           "not authorized to perform sts:AssumeRole</Message></Error></ErrorResponse>");
    const auto refused = run(sts().assume_role(role(), base()));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::unauthenticated);
    EXPECT_EQ(refused.error().code, "AccessDenied");
    EXPECT_THAT(refused.error().message, HasSubstr("not authorized to perform sts:AssumeRole"));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("base secret")));
    answer(503, "");
    EXPECT_EQ(run(sts().assume_role(role(), base())).error().kind, ErrorKind::unavailable);
}

TEST_F(StsTest, AnAnswerWithoutCredentialsIsCorrupted) {
    for (const std::string& document :
         {std::string("nonsense"), std::string("<AssumeRoleResponse/>"),
          sts_document("AssumeRoleWithSAML")}) {
        answer(200, document);
        EXPECT_EQ(run(sts().assume_role(role(), base())).error().kind, ErrorKind::corrupted);
    }
}

TEST_F(StsTest, WebIdentityTakesTheRoleOnWithTheTokenOfTheMoment) {
    variables_["AWS_ROLE_ARN"] = role().role_arn;
    variables_["AWS_ROLE_SESSION_NAME"] = "pod";
    variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = home_.write("token", "first.token\n");
    answer(200, sts_document("AssumeRoleWithWebIdentity"));
    answer(200, sts_document("AssumeRoleWithWebIdentity"));
    expect_temporary(ask_web_identity(), "ROLE");
    home_.write("token", "second.token\n");
    expect_temporary(ask_web_identity(), "ROLE");
    EXPECT_EQ(form_value(0, "Action"), "AssumeRoleWithWebIdentity");
    EXPECT_EQ(form_value(0, "RoleArn"), role().role_arn);
    EXPECT_EQ(form_value(0, "RoleSessionName"), "pod");
    EXPECT_EQ(form_value(0, "WebIdentityToken"), "first.token");
    EXPECT_EQ(form_value(1, "WebIdentityToken"), "second.token");
    EXPECT_FALSE(seen(0).request.headers.has("Authorization")) << "the token is the proof";
}

TEST_F(StsTest, WebIdentityNeedsFileAndRole) {
    expect_nothing(ask_web_identity(), "AWS_WEB_IDENTITY_TOKEN_FILE is not set");
    variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = home_.path() + "/absent";
    expect_failure(ask_web_identity(), ErrorKind::invalid_argument, "AWS_ROLE_ARN is not");
    variables_["AWS_ROLE_ARN"] = role().role_arn;
    expect_failure(ask_web_identity(), ErrorKind::not_found, "/absent");
    variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = home_.write("empty", "\n");
    expect_failure(ask_web_identity(), ErrorKind::unauthenticated, "/empty is empty");
    EXPECT_TRUE(service_.seen.empty());
}

}  // namespace
}  // namespace slipway::client
