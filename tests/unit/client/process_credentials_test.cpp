// SPDX-License-Identifier: Apache-2.0
#include "client/process_credentials.h"

#include "support/run_task.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

namespace slipway::client {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ProcessTest : public testing::Test {
  protected:
    /// A program that does what the lines say.
    std::string program(const std::string& lines) {
        const std::string path = folder_.write("a program", "#!/bin/sh\n" + lines);
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return "'" + path + "'";
    }
    static Result<s3::Credentials> ask(std::string command,
                                       std::chrono::milliseconds time_max = 30s) {
        return test::run(run_credential_process(std::move(command), time_max));
    }
    static constexpr const char* document =
        "{\"Version\":1,\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"very secret\","
        "\"SessionToken\":\"session\",\"Expiration\":\"2030-01-02T03:04:05+00:00\"}";

    test::TemporaryDirectory folder_;
};

TEST_F(ProcessTest, ReadsWhatTheProgramPrints) {
    folder_.write("out", document);
    const auto found = ask(program("cat \"$1\"") + " " + folder_.path() + "/out");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->access_key_id, "AKID");
    EXPECT_EQ(found->secret_access_key.reveal(), "very secret");
    EXPECT_EQ(found->session_token, "session");
    EXPECT_EQ(found->expires_at, Time(std::chrono::seconds(1893553445)));
}

TEST_F(ProcessTest, KeysThatLastNeedNoTokenAndNoEnd) {
    const auto found =
        ask("echo '{\"Version\":1,\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"s\"}'");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->session_token, "");
    EXPECT_EQ(found->expires_at, std::nullopt);
}

TEST_F(ProcessTest, NoShellLooksAtTheCommand) {
    const std::string made = folder_.path() + "/made-by-a-shell";
    EXPECT_FALSE(ask("echo $HOME ; touch " + made + " && `touch " + made + "` | cat > " + made));
    EXPECT_FALSE(std::filesystem::exists(made));
}

TEST_F(ProcessTest, AFailureSaysHowItEndedAndNothingOfWhatItPrinted) {
    const auto failed = ask(program("echo secret; exit 3"));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::unauthenticated);
    EXPECT_THAT(failed.error().message, HasSubstr("exit status 3"));
    EXPECT_THAT(failed.error().message, Not(HasSubstr("secret")));
    EXPECT_THAT(ask(program("kill -TERM $$")).error().message, HasSubstr("signal 15"));
}

TEST_F(ProcessTest, WhatIsNotTheFormatIsRefused) {
    for (const char* printed : {"", "secret", "{}", "{\"Version\":2,\"AccessKeyId\":\"secret\"}",
                                "{\"Version\":1,\"AccessKeyId\":\"A\"}"}) {
        folder_.write("out", printed);
        const auto found = ask("cat " + folder_.path() + "/out");
        ASSERT_FALSE(found) << printed;
        EXPECT_EQ(found.error().kind, ErrorKind::corrupted);
        EXPECT_THAT(found.error().message, Not(HasSubstr("secret")));
    }
    EXPECT_EQ(ask("yes secret").error().kind, ErrorKind::too_large) << "it never ends";
}

TEST_F(ProcessTest, AProgramThatTakesTooLongIsEnded) {
    const std::string pid_file = folder_.path() + "/pid";
    const auto late = ask(program("echo $$ > " + pid_file + "; exec sleep 600"), 300ms);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::timeout);
    EXPECT_EQ(::kill(std::stoi(folder_.read("pid")), 0), -1) << "it is gone";
}

TEST_F(ProcessTest, AProgramThatIsNotThereIsNamed) {
    const auto found = ask("/no/such/program --flag");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::invalid_argument);
    EXPECT_THAT(found.error().message, HasSubstr("/no/such/program"));
}

TEST(SplitCommand, DoesAsAShellWithQuotesAndBackslashes) {
    EXPECT_THAT(split_command("a  b\tc").value(), ElementsAre("a", "b", "c"));
    EXPECT_THAT(split_command("'a b' \"c \\\" d\" e\\ f").value(),
                ElementsAre("a b", "c \" d", "e f"));
    EXPECT_THAT(split_command("a '' \"\"").value(), ElementsAre("a", "", ""));
    EXPECT_THAT(split_command("x='a b'c").value(), ElementsAre("x=a bc"));
    EXPECT_THAT(split_command("'\\n'").value(), ElementsAre("\\n"));
    for (const char* wrong : {"", "  ", "a 'b", "\"", "a \"b\\\""}) {
        EXPECT_FALSE(split_command(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace slipway::client
