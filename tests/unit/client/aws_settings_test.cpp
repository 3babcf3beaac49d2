// SPDX-License-Identifier: Apache-2.0
#include "client/aws_settings.h"

#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

namespace slipway::client {
namespace {

using testing::HasSubstr;

class AwsSettingsTest : public testing::Test {
  protected:
    AwsSettingsTest() { variables_["HOME"] = home_.path(); }

    Environment environment() {
        return [this](const std::string& name) {
            const auto found = variables_.find(name);
            return found == variables_.end() ? std::nullopt
                                             : std::optional<std::string>(found->second);
        };
    }

    Result<AwsSettings> load(AwsOverrides overrides = {}) {
        return load_aws_settings(environment(), overrides);
    }

    test::TemporaryDirectory home_;
    std::map<std::string, std::string> variables_;
};

TEST_F(AwsSettingsTest, WithoutAnythingItIsAmazonInVirginia) {
    const auto settings = load();
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->region, "us-east-1");
    EXPECT_EQ(settings->endpoint_url, "");
    EXPECT_EQ(settings->addressing_style, "auto");
}

TEST_F(AwsSettingsTest, TheRegionComesFromFlagEnvironmentProfileInThisOrder) {
    home_.write(".aws/config", "[default]\nregion = from-file\n");
    EXPECT_EQ(load()->region, "from-file");
    variables_["AWS_DEFAULT_REGION"] = "from-default-region";
    EXPECT_EQ(load()->region, "from-default-region");
    variables_["AWS_REGION"] = "from-region";
    EXPECT_EQ(load()->region, "from-region");
    AwsOverrides overrides;
    overrides.region = "from-flag";
    EXPECT_EQ(load(overrides)->region, "from-flag");
}

TEST_F(AwsSettingsTest, TheEndpointComesFromTheDocumentedPlacesInTheirOrder) {
    home_.write(".aws/config",
                "[default]\n"
                "endpoint_url = http://profile\n");
    EXPECT_EQ(load()->endpoint_url, "http://profile");
    home_.write(".aws/config",
                "[default]\n"
                "endpoint_url = http://profile\n"
                "services = mine\n"
                "[services mine]\n"
                "s3 =\n"
                "  endpoint_url = http://services\n");
    EXPECT_EQ(load()->endpoint_url, "http://services");
    variables_["AWS_ENDPOINT_URL"] = "http://all";
    EXPECT_EQ(load()->endpoint_url, "http://all");
    variables_["AWS_ENDPOINT_URL_S3"] = "http://s3";
    EXPECT_EQ(load()->endpoint_url, "http://s3");
    variables_["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
    EXPECT_EQ(load()->endpoint_url, "");
    AwsOverrides overrides;
    overrides.endpoint_url = "http://flag";
    EXPECT_EQ(load(overrides)->endpoint_url, "http://flag");
}

TEST_F(AwsSettingsTest, ReadsTheChosenProfile) {
    home_.write(".aws/config",
                "[default]\nregion = here\n"
                "[profile work]\nregion = there\nca_bundle = /ca.pem\n"
                "s3 =\n  addressing_style = virtual\n");
    variables_["AWS_PROFILE"] = "work";
    const auto settings = load();
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->region, "there");
    EXPECT_EQ(settings->ca_file, "/ca.pem");
    EXPECT_EQ(settings->addressing_style, "virtual");
    AwsOverrides overrides;
    overrides.profile = "default";
    EXPECT_EQ(load(overrides)->region, "here");
}

TEST_F(AwsSettingsTest, AProfileThatNobodyWroteIsNamedWithThePlacesLookedAt) {
    home_.write(".aws/config", "[default]\nregion = here\n");
    variables_["AWS_PROFILE"] = "wrok";
    const auto settings = load();
    ASSERT_FALSE(settings);
    EXPECT_EQ(settings.error().kind, ErrorKind::invalid_argument);
    EXPECT_THAT(settings.error().message, HasSubstr("[profile wrok] in " + home_.path()));
    EXPECT_THAT(settings.error().message, HasSubstr("/.aws/credentials"));
}

TEST_F(AwsSettingsTest, FilesCanBeElsewhere) {
    variables_["AWS_CONFIG_FILE"] = home_.write("elsewhere/config", "[default]\nregion = far\n");
    variables_["AWS_SHARED_CREDENTIALS_FILE"] = home_.write(
        "elsewhere/keys", "[default]\naws_access_key_id = A\naws_secret_access_key = B\n");
    EXPECT_EQ(load()->region, "far");
    EXPECT_EQ(*load()->files.credentials->find("aws_access_key_id"), "A");
}

TEST_F(AwsSettingsTest, AFileThatCannotBeReadIsAnErrorNotAnEmptyFile) {
    home_.write(".aws/config", "[default\n");
    const auto settings = load();
    ASSERT_FALSE(settings);
    EXPECT_THAT(settings.error().message, HasSubstr(".aws/config:1: "));
}

}  // namespace
}  // namespace slipway::client
