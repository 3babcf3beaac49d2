// SPDX-License-Identifier: Apache-2.0
#include "cli/program.h"

#include "slipway/version.h"

#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

namespace slipway::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class ProgramTest : public testing::Test {
  protected:
    ProgramTest() { variables_["XDG_CONFIG_HOME"] = directory_.path() + "/config"; }

    int run(std::vector<std::string> arguments) {
        out_.str("");
        err_.str("");
        const auto environment = [this](const std::string& name) {
            const auto found = variables_.find(name);
            return found == variables_.end() ? std::nullopt
                                             : std::optional<std::string>(found->second);
        };
        const Surroundings around{environment, out_, err_};
        return cli::run(std::move(arguments), around);
    }

    test::TemporaryDirectory directory_;
    std::map<std::string, std::string> variables_;
    std::ostringstream out_;
    std::ostringstream err_;
};

TEST_F(ProgramTest, TellsItsVersion) {
    EXPECT_EQ(run({"--version"}), 0);
    EXPECT_EQ(out_.str(), "slipway " + std::string(version()) + "\n");
}

TEST_F(ProgramTest, HelpExplainsEverySetting) {
    EXPECT_EQ(run({"serve", "--help"}), 0);
    for (const Setting& setting : settings()) {
        EXPECT_THAT(out_.str(), HasSubstr(flag_name(setting) + " "));
        EXPECT_THAT(out_.str(), HasSubstr("(" + variable_name(setting) + ")"));
    }
    EXPECT_THAT(out_.str(), HasSubstr("[800MB]"));
}

TEST_F(ProgramTest, TheStoreHasItsOwnWordForItsAddress) {
    EXPECT_EQ(run({"store", "--help"}), 0);
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("--listen ADDR"), HasSubstr("--data-dir DIR"),
                                  HasSubstr("(SLIPWAY_STORE_LISTEN)")));
    EXPECT_THAT(out_.str(), testing::Not(HasSubstr("--token")));
}

TEST_F(ProgramTest, WrongUseIsExitCodeTwo) {
    EXPECT_EQ(run({}), 2);
    EXPECT_EQ(run({"serv"}), 2);
    EXPECT_EQ(run({"serve", "--listn", "127.0.0.1:0"}), 2);
    EXPECT_EQ(run({"serve", "--listen"}), 2);
    EXPECT_EQ(run({"serve", "--listen", "8080"}), 2);
    EXPECT_THAT(err_.str(), StartsWith("slipway: --listen: not an address"));
    EXPECT_EQ(run({"store", "--listen", "8080"}), 2);
    EXPECT_THAT(err_.str(), StartsWith("slipway: --listen: not an address"));
    EXPECT_EQ(run({"serve", "--memory", "1"}), 2);
    EXPECT_EQ(run({"serve", "--config", directory_.path() + "/none.toml"}), 2);
    variables_["SLIPWAY_URL_EXPIRY"] = "soon";
    EXPECT_EQ(run({"serve"}), 2);
    EXPECT_THAT(err_.str(), StartsWith("slipway: SLIPWAY_URL_EXPIRY: "));
}

TEST_F(ProgramTest, AnUnknownCommandIsNamed) {
    EXPECT_EQ(run({"putt", "photos", "s3://bucket/"}), 2);
    EXPECT_THAT(err_.str(), HasSubstr("there is no command 'putt': slipway --help lists them"));
    EXPECT_EQ(run({}), 2);
    EXPECT_THAT(err_.str(), HasSubstr("A subcommand is required"));
}

TEST_F(ProgramTest, ConfigPrintsWhatIsInForceAndTheKeptKeys) {
    directory_.write("data/keys.toml",
                     "store_access_key = \"KEPT\"\nstore_secret_key = \"kept secret\"\n");
    variables_["SLIPWAY_TOKEN"] = "private";
    EXPECT_EQ(run({"config", "--data-dir", directory_.path() + "/data", "--bucket", "mine"}), 0);
    EXPECT_THAT(out_.str(), HasSubstr("bucket = \"mine\"  # --bucket\n"));
    EXPECT_THAT(out_.str(), HasSubstr("store_access_key = \"KEPT\""));
    EXPECT_THAT(out_.str(), HasSubstr("store_secret_key = \"kept secret\""));
    EXPECT_THAT(out_.str(), testing::Not(HasSubstr("private")));
}

TEST_F(ProgramTest, ConfigSaysWhichLineOfTheKeysIsBroken) {
    directory_.write("data/keys.toml", "# fine\nstore_access_key\n");
    EXPECT_EQ(run({"config", "--data-dir", directory_.path() + "/data"}), 1);
    EXPECT_THAT(err_.str(), HasSubstr("data/keys.toml:2: "));
}

TEST_F(ProgramTest, TokenPrintsATokenAndItsHashForTheSettingsFile) {
    EXPECT_EQ(run({"token"}), 0);
    const std::string first = out_.str();
    EXPECT_THAT(first, HasSubstr("[[users]]\n"));
    EXPECT_THAT(first.substr(0, first.find('\n')), MatchesRegex("token:  [0-9a-f]{48}"));
    EXPECT_THAT(first, HasSubstr("token_sha256 = \""));
    EXPECT_EQ(run({"token"}), 0);
    EXPECT_NE(out_.str(), first);
}

}  // namespace
}  // namespace slipway::cli
