// SPDX-License-Identifier: Apache-2.0
#include "api/data_dir.h"

#include "slipway/serve.h"

#include "support/temporary_directory.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace slipway::api {
namespace {

TEST(DataDir, IsWhereTheDesktopSaysItShouldBe) {
    ::setenv("XDG_DATA_HOME", "/xdg/data", 1);
    ::setenv("HOME", "/base/me", 1);
    EXPECT_EQ(default_data_dir(), "/xdg/data/slipway");
    ::setenv("XDG_DATA_HOME", "relative", 1);
    EXPECT_EQ(default_data_dir(), "/base/me/.local/share/slipway");
    ::unsetenv("XDG_DATA_HOME");
    EXPECT_EQ(default_data_dir(), "/base/me/.local/share/slipway");
    ::unsetenv("HOME");
    EXPECT_EQ(default_data_dir().error().kind, ErrorKind::invalid_argument);
}

TEST(DataDir, OpensWhatIsThereAndAnswersItsFullPath) {
    const test::TemporaryDirectory directory;
    EXPECT_EQ(open_data_dir(directory.path()), directory.path());
    EXPECT_EQ(open_data_dir(directory.path() + "/a/../b"), directory.path() + "/b");
    EXPECT_TRUE(std::filesystem::is_directory(directory.path() + "/b"));
}

}  // namespace
}  // namespace slipway::api
