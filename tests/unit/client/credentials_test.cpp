// SPDX-License-Identifier: Apache-2.0
#include "client/credentials.h"

#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace slipway::client {
namespace {

using testing::HasSubstr;
using testing::Not;

class CredentialsTest : public testing::Test {
  protected:
    CredentialsTest() { variables_["HOME"] = home_.path(); }

    Result<s3::Credentials> credentials(bool profile_by_flag = false) {
        const auto environment = [this](const std::string& name) {
            const auto found = variables_.find(name);
            return found == variables_.end() ? std::nullopt
                                             : std::optional<std::string>(found->second);
        };
        SLIPWAY_TRY(settings, load_aws_settings(environment, AwsOverrides()));
        return find_credentials(environment, settings.files, profile_by_flag);
    }

    test::TemporaryDirectory home_;
    std::map<std::string, std::string> variables_;
};

TEST_F(CredentialsTest, KeysOfTheEnvironmentGoBeforeThoseOfFiles) {
    home_.write(".aws/credentials",
                "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n"
                "aws_session_token = t\n");
    auto found = credentials();
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->access_key_id, "FILE");
    EXPECT_EQ(found->session_token, "t");
    variables_["AWS_ACCESS_KEY_ID"] = "ENV";
    variables_["AWS_SECRET_ACCESS_KEY"] = "secret";
    found = credentials();
    EXPECT_EQ(found->access_key_id, "ENV");
    EXPECT_EQ(found->secret_access_key.reveal(), "secret");
    EXPECT_EQ(found->session_token, "");
    EXPECT_EQ(credentials(true)->access_key_id, "FILE") << "a profile given as a flag is meant";
}

TEST_F(CredentialsTest, CredentialsFileGoesBeforeConfigFile) {
    home_.write(".aws/config",
                "[default]\naws_access_key_id = CONFIG\naws_secret_access_key = s\n");
    EXPECT_EQ(credentials()->access_key_id, "CONFIG");
    home_.write(".aws/credentials",
                "[default]\naws_access_key_id = CREDENTIALS\naws_secret_access_key = s\n");
    EXPECT_EQ(credentials()->access_key_id, "CREDENTIALS");
}

TEST_F(CredentialsTest, WithoutKeysItSaysWhereItLooked) {
    const auto found = credentials();
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::unauthenticated);
    EXPECT_THAT(found.error().message, HasSubstr("AWS_ACCESS_KEY_ID in the environment"));
    EXPECT_THAT(found.error().message, HasSubstr("profile 'default'"));
    EXPECT_THAT(found.error().message, HasSubstr(home_.path() + "/.aws/credentials"));
}

TEST_F(CredentialsTest, HalfAPairIsAMistakeAndNotShown) {
    variables_["AWS_SECRET_ACCESS_KEY"] = "topsecret";
    const auto found = credentials();
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::invalid_argument);
    EXPECT_THAT(found.error().message, HasSubstr("AWS_ACCESS_KEY_ID is not"));
    EXPECT_THAT(found.error().message, Not(HasSubstr("topsecret")));
}

}  // namespace
}  // namespace slipway::client
