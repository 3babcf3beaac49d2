// SPDX-License-Identifier: Apache-2.0
#include "client/profile_credentials.h"

#include "credentials_fixture.h"

namespace slipway::client {
namespace {

class ProfileTest : public ServiceTest {
  protected:
    Result<Offer> ask(const std::string& profile = "") {
        variables_["AWS_ENDPOINT_URL_STS"] = url_;
        AwsOverrides overrides;
        overrides.profile = profile;
        SLIPWAY_TRY(settings, load_aws_settings(environment(), overrides));
        TokenService sts(http_, settings.sts_endpoint_url, settings.region, clock_);
        ProfileCredentials provider(sts, http_, environment(), settings.files);
        return run(provider.ask());
    }
    void config(const std::string& text) { home_.write(".aws/config", text); }
    void credentials(const std::string& text) { home_.write(".aws/credentials", text); }

    static std::string id_of(const Result<Offer>& offer) {
        if (!offer) {
            return offer.error().message;
        }
        return offer->credentials ? offer->credentials->access_key_id : offer->why_not;
    }
};

TEST_F(ProfileTest, TakesWrittenKeysOfTheCredentialsFileFirst) {
    config(
        "[default]\naws_access_key_id = CONFIG\naws_secret_access_key = s\n"
        "credential_process = echo '{\"Version\":1,\"AccessKeyId\":\"PROCESS\","
        "\"SecretAccessKey\":\"s\"}'\n");
    EXPECT_EQ(id_of(ask()), "PROCESS");
    credentials("[default]\naws_access_key_id = CREDENTIALS\naws_secret_access_key = s\n");
    EXPECT_EQ(id_of(ask()), "CREDENTIALS");
    config("[profile other]\naws_access_key_id = CONFIG\naws_secret_access_key = s\n");
    EXPECT_EQ(id_of(ask("other")), "CONFIG");
}

TEST_F(ProfileTest, AProcessThatFailsIsAFailure) {
    config("[default]\ncredential_process = false\n");
    expect_failure(ask(), ErrorKind::unauthenticated, "credential_process: it failed");
}

TEST_F(ProfileTest, TakesARoleOnWithTheKeysOfAnotherProfile) {
    config(
        "[profile writer]\nrole_arn = arn:aws:iam::1:role/w\nsource_profile = base\n"
        "external_id = x\nrole_session_name = me\nduration_seconds = 900\nregion = eu-west-1\n");
    credentials("[base]\naws_access_key_id = BASE\naws_secret_access_key = s\n");
    answer(200, sts_document("AssumeRole"));
    expect_temporary(ask("writer"), "ROLE");
    EXPECT_EQ(form_value(0, "RoleArn"), "arn:aws:iam::1:role/w");
    EXPECT_EQ(form_value(0, "ExternalId"), "x");
    EXPECT_EQ(form_value(0, "RoleSessionName"), "me");
    EXPECT_EQ(form_value(0, "DurationSeconds"), "900");
    EXPECT_THAT(std::string(header(0, "Authorization")), testing::HasSubstr("Credential=BASE/"));
    EXPECT_THAT(std::string(header(0, "Authorization")), testing::HasSubstr("/eu-west-1/sts/"));
}

TEST_F(ProfileTest, RolesMayStandOnRoles) {
    config(
        "[profile a]\nrole_arn = arn:a\nsource_profile = b\n"
        "[profile b]\nrole_arn = arn:b\nsource_profile = c\n");
    credentials("[c]\naws_access_key_id = BASE\naws_secret_access_key = s\n");
    answer(200, sts_document("AssumeRole"));
    answer(200, sts_document("AssumeRole"));
    expect_temporary(ask("a"), "ROLE");
    EXPECT_EQ(form_value(0, "RoleArn"), "arn:b");
    EXPECT_EQ(form_value(1, "RoleArn"), "arn:a");
    EXPECT_EQ(header(1, "x-amz-security-token"), "session");
}

TEST_F(ProfileTest, AProfileMayBeItsOwnSource) {
    credentials(
        "[own]\naws_access_key_id = OWN\naws_secret_access_key = s\nrole_arn = arn:own\n"
        "source_profile = own\n");
    answer(200, sts_document("AssumeRole"));
    expect_temporary(ask("own"), "ROLE");
    EXPECT_THAT(std::string(header(0, "Authorization")), testing::HasSubstr("Credential=OWN/"));
}

TEST_F(ProfileTest, SourcesThatGoRoundAreRefused) {
    config(
        "[profile a]\nrole_arn = arn:a\nsource_profile = b\n"
        "[profile b]\nrole_arn = arn:b\nsource_profile = a\n");
    expect_failure(ask("a"), ErrorKind::invalid_argument, "circle, by 'a'");
    EXPECT_TRUE(service_.seen.empty());
}

TEST_F(ProfileTest, ASourceMayBeAnotherPlace) {
    config("[default]\nrole_arn = arn:a\ncredential_source = Environment\n");
    expect_failure(ask(), ErrorKind::unauthenticated, "AWS_ACCESS_KEY_ID is not set");
    variables_["AWS_ACCESS_KEY_ID"] = "ENV";
    variables_["AWS_SECRET_ACCESS_KEY"] = "s";
    answer(200, sts_document("AssumeRole"));
    expect_temporary(ask(), "ROLE");
    EXPECT_THAT(std::string(header(0, "Authorization")), testing::HasSubstr("Credential=ENV/"));

    config("[default]\nrole_arn = arn:a\ncredential_source = EcsContainer\n");
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url_ + "/agent";
    answer(200, agent_document("AGENT"));
    answer(200, sts_document("AssumeRole"));
    expect_temporary(ask(), "ROLE");
    EXPECT_EQ(header(2, "x-amz-security-token"), "session");

    config("[default]\nrole_arn = arn:a\ncredential_source = Somewhere\n");
    expect_failure(ask(), ErrorKind::invalid_argument, "credential_source is 'Somewhere'");
}

TEST_F(ProfileTest, ARoleMayBeTakenOnWithATokenFile) {
    config("[default]\nrole_arn = arn:a\nweb_identity_token_file = " +
           home_.write("token", "a.token") + "\n");
    answer(200, sts_document("AssumeRoleWithWebIdentity"));
    expect_temporary(ask(), "ROLE");
    EXPECT_EQ(form_value(0, "WebIdentityToken"), "a.token");
}

TEST_F(ProfileTest, SaysWhatARoleLacksOrCannotHave) {
    config("[default]\nrole_arn = arn:a\n");
    expect_failure(ask(), ErrorKind::invalid_argument, "source_profile or credential_source");
    config("[default]\nrole_arn = arn:a\nsource_profile = gone\n");
    expect_failure(ask(), ErrorKind::unauthenticated, "source_profile 'gone' has no credentials");
    config("[default]\nrole_arn = arn:a\nsource_profile = b\nmfa_serial = arn:mfa\n");
    expect_failure(ask(), ErrorKind::unsupported, "MFA");
    config("[default]\nsso_session = corp\n");
    expect_failure(ask(), ErrorKind::unsupported, "aws configure export-credentials");
}

TEST_F(ProfileTest, AProfileThatSaysNothingOfCredentialsHasNone) {
    expect_nothing(ask(), "/.aws/credentials");
    config("[default]\nregion = eu-west-1\n");
    expect_nothing(ask(), "neither keys, nor credential_process, nor role_arn");
}

TEST_F(ProfileTest, HalfAPairIsAMistake) {
    credentials("[default]\naws_access_key_id = A\n");
    expect_failure(ask(), ErrorKind::invalid_argument, "aws_access_key_id is set");
}

}  // namespace
}  // namespace slipway::client
