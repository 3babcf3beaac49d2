// SPDX-License-Identifier: Apache-2.0
#include "engine/target_file.h"

#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace slipway::engine {
namespace {

using ::testing::HasSubstr;

class TargetFileTest : public ::testing::Test {
  protected:
    TargetFile make(std::string path) {
        return TargetFile(*TargetDirectory::open(directory_.path() + "/target"), std::move(path));
    }
    static std::span<const std::byte> bytes(std::string_view text) {
        return std::as_bytes(std::span(text));
    }
    std::string at(std::string_view name) const {
        return directory_.path() + "/" + std::string(name);
    }
    std::size_t count(std::string_view folder) const {
        const std::filesystem::directory_iterator entries(at(folder));
        return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
    }

    test::TemporaryDirectory directory_;
};

TEST_F(TargetFileTest, HasItsNameAtItsEnd) {
    auto file = make("a/b/c");
    ASSERT_TRUE(file.write(bytes("one ")));
    ASSERT_TRUE(file.write(bytes("two")));
    EXPECT_FALSE(std::filesystem::exists(at("target/a/b/c")));
    ASSERT_TRUE(file.finish(Time(std::chrono::seconds(1'700'000'000))));
    EXPECT_EQ(directory_.read("target/a/b/c"), "one two");
    EXPECT_EQ(count("target/a/b"), 1U);
    struct stat status {};
    ASSERT_EQ(::stat(at("target/a/b/c").c_str(), &status), 0);
    EXPECT_EQ(status.st_mtime, 1'700'000'000);
}

TEST_F(TargetFileTest, AnEmptyOneIsThere) {
    ASSERT_TRUE(make("empty").finish(Time()));
    EXPECT_EQ(std::filesystem::file_size(at("target/empty")), 0U);
}

TEST_F(TargetFileTest, ReplacesWhatIsThereOnlyAtItsEnd) {
    directory_.write("target/a", "old");
    {
        auto dropped = make("a");
        ASSERT_TRUE(dropped.write(bytes("half")));
    }
    EXPECT_EQ(directory_.read("target/a"), "old");
    EXPECT_EQ(count("target"), 1U) << "nothing is left of what was dropped";
    auto file = make("a");
    ASSERT_TRUE(file.write(bytes("new")));
    ASSERT_TRUE(file.finish(Time()));
    EXPECT_EQ(directory_.read("target/a"), "new");
    EXPECT_EQ(count("target"), 1U);
}

TEST_F(TargetFileTest, FollowsNoSymbolicLink) {
    std::filesystem::create_directories(at("outside"));
    std::filesystem::create_directories(at("target"));
    std::filesystem::create_symlink(at("outside"), at("target/link"));
    const auto refused = make("link/a").write(bytes("x"));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("symbolic link"));
    EXPECT_EQ(count("outside"), 0U);
    // A link as the name itself is replaced, not written through.
    directory_.write("outside/file", "theirs");
    std::filesystem::create_symlink(at("outside/file"), at("target/name"));
    ASSERT_TRUE(make("name").finish(Time()));
    EXPECT_EQ(directory_.read("outside/file"), "theirs");
    EXPECT_FALSE(std::filesystem::is_symlink(at("target/name")));
}

TEST_F(TargetFileTest, FilesAndFoldersDoNotReplaceEachOther) {
    directory_.write("target/file", "x");
    directory_.write("target/folder/x", "x");
    EXPECT_THAT(make("file/a").finish(Time()).error().message, HasSubstr("'file' to be a folder"));
    EXPECT_THAT(make("folder").finish(Time()).error().message, HasSubstr("is a folder"));
    ASSERT_EQ(::mkfifo(at("target/pipe").c_str(), 0600), 0);
    EXPECT_THAT(make("pipe").finish(Time()).error().message, HasSubstr("no regular file"));
}

TEST_F(TargetFileTest, AFileAsTargetIsRefused) {
    const auto opened = TargetDirectory::open(directory_.write("file", "x"));
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr("Not a directory"));
}

}  // namespace
}  // namespace slipway::engine
