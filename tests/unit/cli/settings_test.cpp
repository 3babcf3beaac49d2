// SPDX-License-Identifier: Apache-2.0
#include "cli/settings.h"

#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace slipway::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

class SettingsTest : public testing::Test {
  protected:
    SettingsTest() : flags_(settings().size()) {}

    static std::size_t index_of(std::string_view name) {
        const auto found = std::ranges::find(settings(), name, &Setting::name);
        EXPECT_NE(found, settings().end()) << name;
        return static_cast<std::size_t>(found - settings().begin());
    }

    void flag(std::string_view name, std::string text) {
        const std::size_t index = index_of(name);
        flags_[index] = FlagValue{flag_name(settings()[index]), std::move(text)};
    }

    void file(std::string_view text) { config_ = directory_.write("slipway.toml", text); }

    Result<Resolved> run() {
        const auto environment = [this](const std::string& name) {
            const auto found = variables_.find(name);
            return found == variables_.end() ? std::nullopt
                                             : std::optional<std::string>(found->second);
        };
        return resolve(flags_, config_, environment);
    }

    std::string error() {
        const auto resolved = run();
        EXPECT_FALSE(resolved);
        return resolved ? "" : resolved.error().message;
    }

    test::TemporaryDirectory directory_;
    std::vector<std::optional<FlagValue>> flags_;
    std::optional<std::string> config_;
    std::map<std::string, std::string> variables_;
};

TEST_F(SettingsTest, WithoutAnythingTheDefaultsHold) {
    const auto resolved = run();
    ASSERT_TRUE(resolved) << resolved.error().message;
    const ServeOptions& options = resolved->options;
    EXPECT_EQ(options.listen, "127.0.0.1:8080");
    EXPECT_EQ(options.store_listen, "127.0.0.1:9000");
    EXPECT_EQ(options.bucket, "slipway");
    EXPECT_EQ(options.file_size_max, 800'000'000u);
    EXPECT_EQ(options.url_expiry, std::chrono::hours(1));
    EXPECT_EQ(options.confirm_grace, std::chrono::hours(1));
    EXPECT_THAT(options.tiers,
                ElementsAre(Pair("standard", "STANDARD"), Pair("glacier", "GLACIER")));
    for (const std::string& origin : resolved->origins) {
        EXPECT_EQ(origin, "default");
    }
}

TEST_F(SettingsTest, AFlagGoesBeforeTheFileAndThatBeforeTheEnvironment) {
    variables_["SLIPWAY_BUCKET"] = "from-environment";
    auto resolved = run();
    ASSERT_TRUE(resolved);
    EXPECT_EQ(resolved->options.bucket, "from-environment");
    EXPECT_EQ(resolved->origins[index_of("bucket")], "environment SLIPWAY_BUCKET");

    file("\nbucket = \"from-file\"\n");
    resolved = run();
    EXPECT_EQ(resolved->options.bucket, "from-file");
    EXPECT_EQ(resolved->origins[index_of("bucket")], *config_ + ":2");

    flag("bucket", "from-flag");
    resolved = run();
    EXPECT_EQ(resolved->options.bucket, "from-flag");
    EXPECT_EQ(resolved->origins[index_of("bucket")], "--bucket");
}

TEST_F(SettingsTest, EverySettingCanBeGivenInAllThreeWays) {
    for (const Setting& setting : settings()) {
        const std::string usual = setting.show(ServeOptions());
        // A value that every form takes: its own default, or one for those that have none.
        const std::string text = !usual.empty()                    ? usual
                                 : setting.form.starts_with("URL") ? "https://x.example"
                                 : setting.name == std::string_view("store_access_key")
                                     ? "ABCDEF"
                                     : "12345678";
        ServeOptions options;
        ASSERT_TRUE(setting.assign(options, text)) << setting.name;
        EXPECT_EQ(setting.show(options), text) << setting.name;
        EXPECT_FALSE(setting.help.empty()) << setting.name;
        EXPECT_THAT(flag_name(setting), Not(HasSubstr("_")));
        EXPECT_THAT(variable_name(setting), StartsWith("SLIPWAY_"));
    }
    EXPECT_EQ(variable_name(settings()[index_of("store_listen")]), "SLIPWAY_STORE_LISTEN");
    EXPECT_EQ(flag_name(settings()[index_of("store_listen")]), "--store-listen");
}

TEST_F(SettingsTest, TheFileTakesNumbersAndDashes) {
    file("file-size-max = 1000\nurl_expiry = \"30m\"\nbatch_files_max = 5\n");
    const auto resolved = run();
    ASSERT_TRUE(resolved) << resolved.error().message;
    EXPECT_EQ(resolved->options.file_size_max, 1000u);
    EXPECT_EQ(resolved->options.url_expiry, std::chrono::minutes(30));
    EXPECT_EQ(resolved->options.batch_files_max, 5u);
}

TEST_F(SettingsTest, TheFileTakesUsersAndTiers) {
    const std::string hash(64, 'a');
    file("[[users]]\nname = \"alice\"\ntoken_sha256 = \"" + hash +
         "\"\n[[users]]\nname = \"bob\"\ntoken_sha256 = \"" + hash +
         "\"\n[tiers]\nwarm = \"STANDARD\"\ncold = \"GLACIER_IR\"\n");
    const auto resolved = run();
    ASSERT_TRUE(resolved) << resolved.error().message;
    ASSERT_EQ(resolved->options.users.size(), 2u);
    EXPECT_EQ(resolved->options.users[1].name, "bob");
    EXPECT_EQ(resolved->options.users[1].token_sha256, hash);
    EXPECT_THAT(resolved->options.tiers,
                ElementsAre(Pair("warm", "STANDARD"), Pair("cold", "GLACIER_IR")));
}

TEST_F(SettingsTest, OriginsAreSeparatedByCommas) {
    file("allowed_origins = \"https://a.example,  http://localhost:5173\"\n");
    EXPECT_THAT(run()->options.allowed_origins,
                ElementsAre("https://a.example", "http://localhost:5173"));
    file("allowed_origins = \"*\"\n");
    EXPECT_THAT(run()->options.allowed_origins, ElementsAre("*"));
    for (const char* bad : {"a.example", "https://a.example/", "https://a.example,,http://b"}) {
        file(std::string("allowed_origins = \"") + bad + "\"\n");
        const std::string message = error();
        EXPECT_THAT(message, HasSubstr(":1: allowed_origins: ")) << bad;
    }
}

TEST_F(SettingsTest, MistakesInTheFileAreNamedWithTheirLine) {
    const std::string hash(64, 'a');
    const std::pair<std::string, std::string> cases[] = {
        {"listen = \"127.0.0.1:1\"\nlisten_on = \"x\"\n", ":2: unknown setting 'listen_on'"},
        {"\n\nlisten = \"8080\"\n", ":3: listen: not an address"},
        {"file_size_max = \"big\"\n", ":1: file_size_max: not a size: 'big'"},
        {"file_size_max = 1.5\n", ":1: file_size_max is not"},
        {"batch_files_max = -1\n", ":1: batch_files_max: not a whole number"},
        {"url_expiry = \"8d\"\n", ":1: url_expiry: '8d' is not from 1s to 168h"},
        {"bucket = \"a\"\nbucket = \"b\"\n", ":2"},
        {"listen = \n", ":1:"},
        {"[[users]]\nname = \"a\"\ntoken_sha256 = \"short\"\n", "user a: token_sha256 is not 64"},
        {"[[users]]\nname = \"a/b\"\ntoken_sha256 = \"" + hash + "\"\n", "without '/'"},
        {"[[users]]\nnmae = \"a\"\n", ":2: [[users]] has no text 'nmae'"},
        {"users = 1\n", ":1: users are written as"},
        {"[tiers]\ncold = 1\n", ":2: tier cold needs"},
        {"log_level = \"loud\"\n", ":1: log_level: 'loud' is none of trace, debug"},
    };
    for (const auto& [text, expected] : cases) {
        file(text);
        const std::string message = error();
        EXPECT_THAT(message, StartsWith(*config_ + ":")) << text;
        EXPECT_THAT(message, HasSubstr(expected)) << text;
    }
}

TEST_F(SettingsTest, MistakesElsewhereAreNamedToo) {
    flag("io_threads", "many");
    EXPECT_THAT(error(), StartsWith("--io-threads: not a whole number from 0 to 1024"));
    flags_.assign(settings().size(), std::nullopt);
    variables_["SLIPWAY_LISTEN"] = "everywhere";
    EXPECT_THAT(error(), StartsWith("SLIPWAY_LISTEN: not an address to listen on: 'everywhere'"));
}

TEST_F(SettingsTest, ASecretCanComeFromAFile) {
    variables_["SLIPWAY_TOKEN_FILE"] = directory_.write("token", "s3cret\n");
    auto resolved = run();
    ASSERT_TRUE(resolved) << resolved.error().message;
    EXPECT_EQ(resolved->options.token, "s3cret");

    variables_["SLIPWAY_TOKEN"] = "other";
    EXPECT_THAT(error(), HasSubstr("SLIPWAY_TOKEN and SLIPWAY_TOKEN_FILE are both set"));

    variables_.erase("SLIPWAY_TOKEN");
    variables_["SLIPWAY_TOKEN_FILE"] = directory_.path() + "/missing";
    EXPECT_THAT(error(), HasSubstr("SLIPWAY_TOKEN_FILE: cannot read"));
}

TEST_F(SettingsTest, OnlySecretsComeFromFiles) {
    variables_["SLIPWAY_BUCKET_FILE"] = directory_.write("bucket", "other");
    EXPECT_EQ(run()->options.bucket, "slipway");
}

TEST_F(SettingsTest, FindsTheFileInItsUsualPlaces) {
    directory_.write("config/slipway/slipway.toml", "bucket = \"xdg\"\n");
    variables_["XDG_CONFIG_HOME"] = directory_.path() + "/config";
    EXPECT_EQ(run()->options.bucket, "xdg");
    directory_.write("home/.config/slipway/slipway.toml", "bucket = \"home\"\n");
    variables_.erase("XDG_CONFIG_HOME");
    variables_["HOME"] = directory_.path() + "/home";
    EXPECT_EQ(run()->options.bucket, "home");
    variables_["SLIPWAY_CONFIG"] = directory_.write("named.toml", "bucket = \"named\"\n");
    EXPECT_EQ(run()->options.bucket, "named");
}

TEST_F(SettingsTest, AFileThatWasNamedMustBeThere) {
    config_ = directory_.path() + "/missing.toml";
    EXPECT_THAT(error(), HasSubstr("cannot read the settings file " + *config_));
}

TEST_F(SettingsTest, ShowsWhatIsInForceAsTomlWithoutSecrets) {
    flag("token", "tok-en-secret");
    file("file_size_max = \"2GB\"\n");
    auto resolved = run();
    ASSERT_TRUE(resolved);
    resolved->options.data_dir = "/data";
    StoreKeys keys;
    keys.access_key = "STOREACCESS";
    keys.secret_key = "storesecret";
    const std::string shown = show_settings(*resolved, keys);
    EXPECT_THAT(shown, HasSubstr("listen = \"127.0.0.1:8080\"  # default\n"));
    EXPECT_THAT(shown, HasSubstr("file_size_max = \"2GB\"  # " + *config_ + ":1\n"));
    EXPECT_THAT(shown, HasSubstr("token = \"********\"  # --token\n"));
    EXPECT_THAT(shown, Not(HasSubstr("tok-en-secret")));
    EXPECT_THAT(shown, HasSubstr("store_access_key = \"STOREACCESS\"  # /data/keys.toml\n"));
    EXPECT_THAT(shown, HasSubstr("store_secret_key = \"storesecret\"  # /data/keys.toml\n"));
}

TEST_F(SettingsTest, WhatIsShownCanBeReadBack) {
    flag("user", "al\"i\\ce");
    const auto resolved = run();
    ASSERT_TRUE(resolved);
    const auto read = parse_settings(show_settings(*resolved, StoreKeys()), "shown");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->find("user")->text, "al\"i\\ce");
    EXPECT_EQ(read->entries.size(), settings().size());
    EXPECT_EQ(read->tiers, resolved->options.tiers);
    EXPECT_THAT(read->users, IsEmpty());
}

}  // namespace
}  // namespace slipway::cli
