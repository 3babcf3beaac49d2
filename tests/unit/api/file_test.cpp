// SPDX-License-Identifier: Apache-2.0
#include "api/file.h"

#include "support/temporary_directory.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace slipway::api {
namespace {

TEST(File, IsWholeOrNotThere) {
    const test::TemporaryDirectory directory;
    const std::string path = directory.path() + "/file";
    ASSERT_TRUE(write_file(path, "first", 0600));
    ASSERT_TRUE(write_file(path, "second", 0600));
    EXPECT_EQ(read_file(path), "second");
    EXPECT_EQ(read_file(directory.path() + "/none").error().kind, ErrorKind::not_found);
    EXPECT_FALSE(write_file(directory.path() + "/none/file", "x", 0600));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1)
        << "nothing is left of the attempts";
}

}  // namespace
}  // namespace slipway::api
