// SPDX-License-Identifier: Apache-2.0
// What is made from the commands as they are declared: completion scripts and the manual page.
#include "cli/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace slipway::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string output_of(std::vector<std::string> arguments, int exit_code = 0) {
    std::ostringstream out;
    std::ostringstream err;
    const auto nothing = [](const std::string&) { return std::optional<std::string>(); };
    const Surroundings around{nothing, out, err};
    EXPECT_EQ(run(std::move(arguments), around), exit_code) << err.str();
    return exit_code == 0 ? out.str() : err.str();
}

/// What a shell says of a script's syntax; "" when it is fine or the shell is not there.
std::string syntax_errors(const char* shell, const std::string& script) {
    const std::string probe = std::string("command -v ") + shell + " > /dev/null";
    if (std::system(probe.c_str()) != 0) {
        return "";
    }
    const std::string path = testing::TempDir() + "/slipway-completion";
    std::FILE* file = std::fopen(path.c_str(), "w");
    std::fputs(script.c_str(), file);
    std::fclose(file);
    const std::string check = std::string(shell) + " -n " + path;
    return std::system(check.c_str()) == 0 ? "" : "see above";
}

TEST(Completion, KnowsCommandsAndTheirFlags) {
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const std::string script = output_of({"completion", shell});
        EXPECT_THAT(script, AllOf(HasSubstr("put"), HasSubstr("if-changed"), HasSubstr("serve"),
                                  HasSubstr("store-listen"), HasSubstr("completion"),
                                  HasSubstr("check"), HasSubstr("repair")))
            << shell;
        EXPECT_EQ(syntax_errors(shell, script), "") << shell;
    }
}

TEST(Completion, SaysWhichShellsThereAre) {
    EXPECT_THAT(output_of({"completion", "tcsh"}, 2), HasSubstr("bash"));
}

TEST(Man, ExplainsEveryCommandAndFlag) {
    const std::string page = output_of({"man"});
    EXPECT_THAT(page, AllOf(HasSubstr(".TH SLIPWAY 1"), HasSubstr(".SS \"slipway put\""),
                            HasSubstr("\\-\\-max\\-workers"), HasSubstr(".SS \"slipway serve\""),
                            HasSubstr(".SS \"slipway store check\""), HasSubstr("\\-\\-repair"),
                            HasSubstr("130 stopped by")));
}

}  // namespace
}  // namespace slipway::cli
