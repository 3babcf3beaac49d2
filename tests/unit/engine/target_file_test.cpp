// SPDX-License-Identifier: Apache-2.0
#include "engine/target_file.h"

#include "codec/hex.h"
#include "objects/running_checksum.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace slipway::engine {
namespace {

using ::testing::HasSubstr;

class TargetFileTest : public ::testing::Test {
  protected:
    TargetFile make(std::string path) {
        return TargetFile(*TargetDirectory::open(directory_.path() + "/target"), std::move(path));
    }
    /// All of it at once.
    Result<> bring(std::string path, std::string_view content = "", Time modified = Time()) {
        auto file = make(std::move(path));
        SLIPWAY_CHECK(file.open());
        SLIPWAY_CHECK(file.write_at(0, bytes(content)));
        return file.finish(modified);
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
    ASSERT_TRUE(file.open());
    ASSERT_TRUE(file.write_at(4, bytes("two")));
    ASSERT_TRUE(file.write_at(0, bytes("one ")));
    std::string seen;
    const auto see = [&seen](std::span<const std::byte> piece) {
        seen.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    };
    ASSERT_TRUE(file.read_through(see));
    EXPECT_EQ(seen, "one two");
    EXPECT_FALSE(std::filesystem::exists(at("target/a/b/c")));
    ASSERT_TRUE(file.finish(Time(std::chrono::seconds(1'700'000'000))));
    EXPECT_EQ(directory_.read("target/a/b/c"), "one two");
    EXPECT_EQ(count("target/a/b"), 1U);
    struct stat status {};
    ASSERT_EQ(::stat(at("target/a/b/c").c_str(), &status), 0);
    EXPECT_EQ(status.st_mtime, 1'700'000'000);
}

TEST_F(TargetFileTest, AnEmptyOneIsThere) {
    ASSERT_TRUE(bring("empty"));
    EXPECT_EQ(std::filesystem::file_size(at("target/empty")), 0U);
}

TEST_F(TargetFileTest, ReplacesWhatIsThereOnlyAtItsEnd) {
    directory_.write("target/a", "old");
    {
        auto dropped = make("a");
        ASSERT_TRUE(dropped.open());
        ASSERT_TRUE(dropped.write_at(0, bytes("half")));
    }
    EXPECT_EQ(directory_.read("target/a"), "old");
    EXPECT_EQ(count("target"), 1U) << "nothing is left of what was dropped";
    ASSERT_TRUE(bring("a", "new"));
    EXPECT_EQ(directory_.read("target/a"), "new");
    EXPECT_EQ(count("target"), 1U);
}

TEST_F(TargetFileTest, WhatIsReplacedKeepsItsPermissions) {
    directory_.write("target/a", "old");
    std::filesystem::permissions(at("target/a"), std::filesystem::perms::owner_read);
    ASSERT_TRUE(bring("a", "new"));
    EXPECT_EQ(directory_.read("target/a"), "new");
    EXPECT_EQ(std::filesystem::status(at("target/a")).permissions(),
              std::filesystem::perms::owner_read);
}

TEST_F(TargetFileTest, AFolderThatCannotBeMadeIsSaidSo) {
    directory_.write("file", "");
    const auto opened = TargetDirectory::open(at("file/below/it"));
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, ::testing::HasSubstr("Not a directory"));
}

TEST_F(TargetFileTest, FollowsNoSymbolicLink) {
    std::filesystem::create_directories(at("outside"));
    std::filesystem::create_directories(at("target"));
    std::filesystem::create_symlink(at("outside"), at("target/link"));
    const auto refused = bring("link/a", "x");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("symbolic link"));
    EXPECT_EQ(count("outside"), 0U);
    // A link as the name itself is replaced, not written through.
    directory_.write("outside/file", "theirs");
    std::filesystem::create_symlink(at("outside/file"), at("target/name"));
    ASSERT_TRUE(bring("name"));
    EXPECT_EQ(directory_.read("outside/file"), "theirs");
    EXPECT_FALSE(std::filesystem::is_symlink(at("target/name")));
}

TEST_F(TargetFileTest, FilesAndFoldersDoNotReplaceEachOther) {
    directory_.write("target/file", "x");
    directory_.write("target/folder/x", "x");
    EXPECT_THAT(bring("file/a").error().message, HasSubstr("'file' to be a folder"));
    EXPECT_THAT(bring("folder").error().message, HasSubstr("is a folder"));
    ASSERT_EQ(::mkfifo(at("target/pipe").c_str(), 0600), 0);
    EXPECT_THAT(bring("pipe").error().message, HasSubstr("no regular file"));
}

TEST_F(TargetFileTest, AFileAsTargetIsRefused) {
    const auto opened = TargetDirectory::open(directory_.write("file", "x"));
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr("Not a directory"));
}

/// As a file system that has no files without a name.
TEST_F(TargetFileTest, WithoutFilesWithoutANameOneWithANameDoes) {
    unsigned asked = 0;
    const auto refuse = [&asked](int) {
        ++asked;
        errno = EOPNOTSUPP;
        return -1;
    };
    const auto directory = *TargetDirectory::open(at("target"), refuse);
    directory_.write("target/a", "old");
    {
        TargetFile dropped(directory, "a");
        ASSERT_TRUE(dropped.open());
        ASSERT_TRUE(dropped.write_at(0, bytes("half")));
        EXPECT_EQ(count("target"), 2U) << "it has a name of its own until it is whole";
        EXPECT_EQ(directory_.read("target/a"), "old");
    }
    EXPECT_EQ(count("target"), 1U) << "nothing is left of what was dropped";
    TargetFile file(directory, "a");
    ASSERT_TRUE(file.open());
    ASSERT_TRUE(file.write_at(0, bytes("new")));
    ASSERT_TRUE(file.finish(Time(std::chrono::seconds(1'700'000'000))));
    EXPECT_EQ(directory_.read("target/a"), "new");
    EXPECT_EQ(count("target"), 1U);
    EXPECT_EQ(asked, 2U);
    struct stat status {};
    ASSERT_EQ(::stat(at("target/a").c_str(), &status), 0);
    EXPECT_EQ(status.st_mtime, 1'700'000'000);
    const mode_t mask = ::umask(0);
    ::umask(mask);
    EXPECT_EQ(status.st_mode & 0777U, 0666U & ~mask);
}

TEST_F(TargetFileTest, AFolderThatTakesNoFilesIsAnError) {
    const auto refuse = [](int) {
        errno = ENOSPC;
        return -1;
    };
    TargetFile file(*TargetDirectory::open(at("target"), refuse), "a");
    const auto opened = file.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::no_space);
    EXPECT_EQ(count("target"), 0U);
}

/// As NFS does, which tells only there that its server's disk is full.
TEST_F(TargetFileTest, AFileWhoseCloseFailsGetsNoName) {
    int error = EINTR;
    const auto close = [&error](int fd) {
        ::close(fd);
        errno = std::exchange(error, ENOSPC);
        return -1;
    };
    const auto refuse = [](int) {
        errno = EOPNOTSUPP;
        return -1;
    };
    directory_.write("target/a", "old");
    for (const auto& make_unnamed : {TargetDirectory::MakeUnnamed(refuse), {}}) {
        TargetFile file(*TargetDirectory::open(at("target"), make_unnamed, close), "a");
        ASSERT_TRUE(file.open());
        ASSERT_TRUE(file.write_at(0, bytes("new")));
        const auto finished = file.finish(Time());
        ASSERT_FALSE(finished);
        EXPECT_EQ(finished.error().kind, ErrorKind::no_space);
        EXPECT_THAT(finished.error().message, HasSubstr("cannot write 'a': No space left"));
        EXPECT_EQ(error, ENOSPC) << "what was interrupted was done again";
        error = EIO;
        EXPECT_EQ(file.finish(Time()).error().kind, ErrorKind::io);
    }
    EXPECT_EQ(directory_.read("target/a"), "old");
    EXPECT_EQ(count("target"), 1U) << "nothing is left of it";
}

TEST_F(TargetFileTest, KnowsWhatIsThereAlready) {
    objects::ObjectInfo info;
    info.size = 3;
    info.etag = "0123456789abcdef0123456789abcdef-1";
    info.checksum = objects::checksum_of(objects::ChecksumAlgorithm::crc32c, "abc");
    EXPECT_FALSE(make("x/a").is_there(info, true));
    directory_.write("target/x/a", "abc");
    EXPECT_TRUE(make("x/a").is_there(info, true));
    EXPECT_TRUE(make("x/a").has_size(3));
    EXPECT_FALSE(make("x/a").has_size(4));
    directory_.write("target/x/a", "abd");
    EXPECT_FALSE(make("x/a").is_there(info, true));
    // By its MD5, where that may be trusted; else nothing proves it.
    info.checksum.reset();
    info.etag = codec::hex_encode(codec::md5("abd"));
    EXPECT_TRUE(make("x/a").is_there(info, true));
    EXPECT_FALSE(make("x/a").is_there(info, false));
    // What a link leads to may be anybody's.
    std::filesystem::create_symlink(at("target/x/a"), at("target/link"));
    std::filesystem::create_symlink(at("target/x"), at("target/folder"));
    EXPECT_FALSE(make("link").is_there(info, true));
    EXPECT_FALSE(make("folder/a").is_there(info, true));
    EXPECT_FALSE(make("x").is_there(info, true));
}

}  // namespace
}  // namespace slipway::engine
