// SPDX-License-Identifier: Apache-2.0
#include "task/program.h"

#include "support/run_task.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

namespace slipway {
namespace {

using namespace std::chrono_literals;

Result<ProgramOutput> run(std::vector<std::string> words,
                          std::chrono::milliseconds time_max = 60s,
                          std::size_t output_bytes_max = 1'000'000) {
    return test::run(run_program(std::move(words), time_max, output_bytes_max));
}

TEST(Program, GivesItsWordsAsTheyAre) {
    const auto ended = run({"printf", "%s|", "a b", "$HOME", "'", "*"});
    ASSERT_TRUE(ended) << ended.error().message;
    EXPECT_EQ(ended->text, "a b|$HOME|'|*|");
    EXPECT_EQ(ended->exit_status, 0);
    EXPECT_EQ(ended->signal, 0);
}

TEST(Program, SaysHowItEnded) {
    EXPECT_EQ(run({"sh", "-c", "exit 7"})->exit_status, 7);
    EXPECT_EQ(run({"sh", "-c", "kill -TERM $$"})->signal, SIGTERM);
}

TEST(Program, HasNothingToReadAndSignalsAsUsual) {
    EXPECT_EQ(run({"cat"})->text, "");
    // A shell that finds SIGPIPE ignored cannot be ended by it.
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(run({"sh", "-c", "kill -PIPE $$; echo still here"})->signal, SIGPIPE);
    std::signal(SIGPIPE, SIG_DFL);
}

TEST(Program, ReadsALotButNotTooMuch) {
    EXPECT_EQ(run({"head", "-c", "500000", "/dev/zero"})->text.size(), 500'000u);
    EXPECT_EQ(run({"yes"}, 60s, 1000).error().kind, ErrorKind::too_large);
}

TEST(Program, OneThatTakesTooLongIsKilled) {
    EXPECT_EQ(run({"sleep", "600"}, 20ms).error().kind, ErrorKind::timeout);
    // Also one that has closed its output.
    EXPECT_EQ(run({"sh", "-c", "exec >&-; exec sleep 600"}, 50ms).error().kind, ErrorKind::timeout);
}

TEST(Program, OneThatIsNotThereIsNamed) {
    const auto ended = run({"/no/such/program"});
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(ended.error().message, "cannot run /no/such/program: No such file or directory");
}

}  // namespace
}  // namespace slipway
