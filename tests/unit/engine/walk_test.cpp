// SPDX-License-Identifier: Apache-2.0
#include "engine/walk.h"

#include "feed_files.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace slipway::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Paths = std::vector<std::string>;

class WalkTest : public ::testing::Test {
  protected:
    std::string at(std::string_view name) const {
        return directory_.path() + "/" + std::string(name);
    }
    void link(const std::string& target, std::string_view name) {
        ASSERT_EQ(::symlink(target.c_str(), at(name).c_str()), 0);
    }

    FeedFiles walk(Paths roots) {
        FeedFiles files;
        WalkOptions options = options_;
        options.roots = std::move(roots);
        options.files.passed_over = files.collect();
        TreeWalk feed(std::move(options), disk_);
        EXPECT_TRUE(files.take_all(feed));
        const auto again = test::run(feed.next());
        EXPECT_TRUE(again && !*again) << "the end stays the end";
        return files;
    }
    FeedFiles walk() { return walk({directory_.path()}); }

    void exclude(std::string pattern) { rules_.push_back({false, std::move(pattern)}); }
    void use_rules() { options_.filter = *PathFilter::of(rules_); }

    test::TemporaryDirectory directory_;
    WalkOptions options_;
    std::vector<PathRule> rules_;
    DiskThreads disk_{2};
};

TEST_F(WalkTest, FindsTheFilesOfATreeDepthFirstAndInOrder) {
    directory_.write("b.txt", "12345");
    directory_.write("a/2", "");
    directory_.write("a/1/x", "");
    directory_.write("c/y", "");
    std::filesystem::create_directories(at("empty/empty"));
    options_.prefix = "2026";
    const auto files = walk();
    EXPECT_THAT(files.keys, ElementsAre("2026/a/1/x", "2026/a/2", "2026/b.txt", "2026/c/y"));
    EXPECT_EQ(files.sizes.at("2026/b.txt"), 5U);
    EXPECT_THAT(files.passed_over, IsEmpty());
}

TEST_F(WalkTest, SourcesReadTheFilesThatWereFound) {
    directory_.write("a/b", "content");
    WalkOptions options;
    options.roots = {directory_.path() + "/"};
    TreeWalk feed(std::move(options), disk_);
    const auto file = test::run(feed.next());
    ASSERT_TRUE(file && *file);
    ChunkPool pool;
    const Part part{0, 0, 7};
    const auto bytes =
        test::run((*file)->source->read(part, objects::ChecksumAlgorithm::crc32c, pool));
    ASSERT_TRUE(bytes) << bytes.error().message;
    EXPECT_EQ(bytes->chunks.front().text(), "content");
}

TEST_F(WalkTest, SeveralRootsKeepTheirNames) {
    directory_.write("a/x", "");
    directory_.write("b/x", "");
    directory_.write("c", "");
    options_.prefix = "to";
    EXPECT_THAT(walk({at("a"), at("c"), at("b/")}).keys, ElementsAre("to/a/x", "to/c", "to/b/x"));
    EXPECT_THAT(walk({at("c")}).keys, ElementsAre("to"));
    EXPECT_THAT(walk({}).keys, IsEmpty());
}

TEST_F(WalkTest, ARootThatCannotBeTakenIsReportedAndTheOthersAreWalked) {
    directory_.write("1/a/x", "");
    directory_.write("2/a/y", "");
    directory_.write("z", "");
    ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
    const auto files = walk({at("1/a"), at("2/a"), at("missing"), at("fifo"), at("z/"), at("z")});
    EXPECT_THAT(files.keys, ElementsAre("a/x", "z"));
    EXPECT_EQ(files.passed_over.size(), 4U);
    EXPECT_EQ(files.passed_over.at(at("2/a")).kind, ErrorKind::already_exists);
    EXPECT_EQ(files.passed_over.at(at("missing")).kind, ErrorKind::not_found);
    EXPECT_EQ(files.passed_over.at(at("fifo")).kind, ErrorKind::invalid_argument) << "it was meant";
    EXPECT_EQ(files.passed_over.at(at("fifo")).code, "NotAFile");
    EXPECT_EQ(files.passed_over.at(at("z/")).kind, ErrorKind::not_found);
}

TEST_F(WalkTest, WhatARootWithoutANameHasInCommonWithOthersIsRefusedTheSecondTime) {
    directory_.write("here/photos/n", "here");
    directory_.write("here/letter", "here");
    directory_.write("here/deep/photos/n", "here");
    directory_.write("other/photos/n", "other!");
    directory_.write("other/letter", "other!");
    options_.prefix = "to";
    auto files = walk({at("here/."), at("other/photos"), at("other/letter")});
    EXPECT_THAT(files.keys, ElementsAre("to/deep/photos/n", "to/letter", "to/photos/n"));
    EXPECT_EQ(files.sizes.at("to/photos/n"), 4U);
    ASSERT_EQ(files.passed_over.size(), 2U);
    EXPECT_EQ(files.passed_over.at(at("other/photos")).kind, ErrorKind::already_exists);
    EXPECT_THAT(files.passed_over.at(at("other/photos")).message,
                HasSubstr(at("other/photos") + " has the key of " + at("here/./photos")));
    EXPECT_THAT(files.passed_over.at(at("other/letter")).message, HasSubstr(at("here/./letter")));

    files = walk({at("other/photos"), at("other/letter"), at("here/.")});
    EXPECT_THAT(files.keys, ElementsAre("to/photos/n", "to/letter", "to/deep/photos/n"));
    EXPECT_EQ(files.sizes.at("to/photos/n"), 6U);
    EXPECT_EQ(files.passed_over.size(), 2U);
    EXPECT_THAT(files.passed_over.at(at("here/./photos")).message, HasSubstr(at("other/photos")));
    EXPECT_TRUE(files.passed_over.contains(at("here/./letter")));
}

TEST_F(WalkTest, WhatHasNoKeyInCommonIsNotRefused) {
    directory_.write("here/name", "a file");
    directory_.write("here/left-out/x", "");
    directory_.write("1/name/x", "a directory");
    directory_.write("2/left-out/x", "");
    directory_.write("2/left-out/name", "");
    exclude("left-out/*");
    exclude("y");
    use_rules();
    auto files = walk({at("here/."), at("1/name"), at("2/left-out")});
    EXPECT_THAT(files.keys, ElementsAre("name", "name/x", "left-out/name", "left-out/x"));
    EXPECT_THAT(files.passed_over, IsEmpty());

    directory_.write("1/y", "");
    directory_.write("2/y", "");
    EXPECT_THAT(walk({at("1/y"), at("2/y")}).passed_over, IsEmpty()) << "neither is stored";
    EXPECT_EQ(walk({at("1/."), at("2/.")}).passed_over.size(), 1U) << "both go right below";
}

TEST_F(WalkTest, TellsWhereFilesOfAKeyWouldBe) {
    directory_.write("a/x", "");
    directory_.write("file", "");
    exclude("no");
    use_rules();
    WalkOptions options = options_;
    options.prefix = "to";
    options.roots = {at("a"), at("."), at("file"), at("missing")};
    FeedFiles files;
    TreeWalk several(options, disk_);
    ASSERT_TRUE(files.take_all(several));
    EXPECT_THAT(several.paths_of("to/a/new/y"), ElementsAre(at("./a/new/y"), at("a/new/y")));
    EXPECT_THAT(several.paths_of("to/file"), ElementsAre(at("./file")));
    EXPECT_THAT(several.paths_of("to/a/no"), ElementsAre(at("./a/no"))) << "as rules have it";
    EXPECT_THAT(several.paths_of("to/missing/x"), ElementsAre(at("./missing/x")));
    EXPECT_THAT(several.paths_of("elsewhere"), IsEmpty());

    options.roots = {at("file")};
    TreeWalk alone(options, disk_);
    ASSERT_TRUE(files.take_all(alone));
    EXPECT_THAT(alone.paths_of("to"), ElementsAre(at("file")));
    EXPECT_THAT(alone.paths_of("to/file"), IsEmpty());
}

TEST_F(WalkTest, FollowsSymlinksUnlessToldNotTo) {
    directory_.write("real/x", "123");
    link("real", "tree");
    link("real/x", "file");
    link("nowhere", "broken");
    link("itself", "itself");
    auto files = walk();
    EXPECT_THAT(files.keys, ElementsAre("file", "real/x", "tree/x"));
    EXPECT_EQ(files.sizes.at("file"), 3U) << "of what it leads to";
    EXPECT_EQ(files.passed_over.size(), 2U);
    EXPECT_THAT(files.passed_over.at(at("broken")).message, HasSubstr("follow the symlink"));
    EXPECT_TRUE(files.passed_over.contains(at("itself")));

    options_.symlinks = Symlinks::skip;
    files = walk();
    EXPECT_THAT(files.keys, ElementsAre("real/x"));
    EXPECT_THAT(files.passed_over, IsEmpty());
    EXPECT_THAT(walk({at("tree")}).keys, ElementsAre("x")) << "a root is followed";
}

TEST_F(WalkTest, ALoopOfSymlinksIsReportedOnce) {
    directory_.write("a/b/x", "");
    link("../..", "a/b/up");
    link(".", "here");
    link("a", "sibling");
    const auto files = walk();
    EXPECT_THAT(files.keys, UnorderedElementsAre("a/b/x", "sibling/b/x"));
    EXPECT_EQ(files.passed_over.size(), 3U);
    EXPECT_EQ(files.passed_over.at(at("here")).code, "SymlinkLoop");
    EXPECT_EQ(files.passed_over.at(at("a/b/up")).code, "SymlinkLoop");
    EXPECT_THAT(files.passed_over.at(at("sibling/b/up")).message,
                HasSubstr("leads back to " + directory_.path()));
}

TEST_F(WalkTest, WhatIsNoFileIsReportedInWords) {
    ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    at("socket").copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(fd);
    link("/dev/null", "device");
    directory_.write("x", "");
    auto files = walk();
    EXPECT_THAT(files.keys, ElementsAre("x"));
    EXPECT_THAT(files.passed_over.at(at("fifo")).message, HasSubstr("fifo is a fifo"));
    EXPECT_THAT(files.passed_over.at(at("socket")).message, HasSubstr("is a socket"));
    EXPECT_THAT(files.passed_over.at(at("device")).message, HasSubstr("is a device"));

    exclude("*");
    use_rules();
    EXPECT_THAT(walk().passed_over, IsEmpty()) << "nobody asked for them";
}

TEST_F(WalkTest, NamesThatMakeNoKeyAreReported) {
    directory_.write("bad\xff", "");
    directory_.write("dir\xfe/in/it", "");
    const std::string name(250, 'n');
    const std::string deep = name + "/" + name + "/" + name + "/" + name;  // 1,003 bytes
    directory_.write(deep + "/" + std::string(20, 'x'), "");
    directory_.write(deep + "/" + std::string(21, 'y'), "");
    directory_.write(deep + "/" + std::string(19, 'z') + "/f", "");
    directory_.write(deep + "/" + std::string(20, 'z') + "/f", "");
    directory_.write("fine \n\xc3\xbc", "");
    const auto files = walk();
    EXPECT_THAT(files.keys, ElementsAre("fine \n\xc3\xbc", deep + "/" + std::string(20, 'x')));
    EXPECT_EQ(files.passed_over.size(), 5U);
    EXPECT_THAT(files.passed_over.at(at("bad\xff")).message, HasSubstr("bad\\xff"));
    EXPECT_THAT(files.passed_over.at(at("bad\xff")).message, HasSubstr("UTF-8"));
    EXPECT_TRUE(files.passed_over.contains(at("dir\xfe"))) << "once for all that is in it";
    EXPECT_EQ(files.passed_over.at(at(deep + "/" + std::string(21, 'y'))).code, "KeyTooLongError");
    EXPECT_EQ(files.passed_over.at(at(deep + "/" + std::string(20, 'z'))).code, "KeyTooLongError");
}

TEST_F(WalkTest, WhatMayNotBeReadIsReportedAndTheRestGoesOn) {
    if (::geteuid() == 0) {
        GTEST_SKIP() << "root may read everything";
    }
    directory_.write("closed/x", "");
    directory_.write("open/x", "");
    ASSERT_EQ(::chmod(at("closed").c_str(), 0), 0);
    auto files = walk();
    EXPECT_THAT(files.keys, ElementsAre("open/x"));
    EXPECT_EQ(files.passed_over.at(at("closed")).kind, ErrorKind::permission_denied);
    exclude("closed/*");
    use_rules();
    files = walk();
    EXPECT_THAT(files.passed_over, IsEmpty()) << "what is excluded is not read";
    ASSERT_EQ(::chmod(at("closed").c_str(), 0700), 0);
}

TEST_F(WalkTest, ExcludedDirectoriesAreNotRead) {
    directory_.write("a/x.jpg", "");
    directory_.write("a/x.txt", "");
    directory_.write("tmp/x.jpg", "");
    link("..", "tmp/loop");
    exclude("tmp/*");
    exclude("*.txt");
    use_rules();
    const auto files = walk();
    EXPECT_THAT(files.keys, ElementsAre("a/x.jpg"));
    EXPECT_THAT(files.passed_over, IsEmpty()) << "the loop in it is not even met";
    EXPECT_THAT(walk({at("a/x.txt")}).keys, IsEmpty());
}

TEST_F(WalkTest, WhatVanishesMeanwhileIsReported) {
    for (const auto* name : {"a", "b", "c/x", "d"}) {
        directory_.write(name, "");
    }
    // A batch in which roots that are missing leave room for the directory and its first name: the
    // others have been listed then and not looked at.
    WalkOptions options = options_;
    options.roots.assign(limits::feed_batch_entries - 2, at("missing"));
    options.roots.push_back(at("."));
    FeedFiles files;
    const auto collect = files.collect();
    options.files.passed_over = [&](PassedOver over) {
        if (over.path != at("missing")) {
            collect(std::move(over));
        }
    };
    TreeWalk feed(std::move(options), disk_);
    const auto first = test::run(feed.next());
    ASSERT_TRUE(first && *first);
    EXPECT_EQ((*first)->key, "a");
    std::filesystem::remove(at("b"));
    std::filesystem::remove_all(at("c"));
    ASSERT_TRUE(files.take_all(feed));
    EXPECT_THAT(files.keys, ElementsAre("d"));
    EXPECT_EQ(files.passed_over.at(at("./b")).kind, ErrorKind::not_found);
    EXPECT_EQ(files.passed_over.at(at("./c")).kind, ErrorKind::not_found);
    EXPECT_THAT(files.passed_over.at(at("./b")).message, HasSubstr("No such file"));
}

TEST_F(WalkTest, FiveThousandFilesOfOneDirectoryAndTheirOrder) {
    std::filesystem::create_directories(at("many"));
    Paths expected;
    for (int i = 0; i < 5000; ++i) {
        const std::string name = "many/" + std::to_string(i);
        const int fd = ::open(at(name).c_str(), O_CREAT | O_WRONLY, 0600);
        ASSERT_GE(fd, 0);
        ::close(fd);
        expected.push_back(name);
    }
    auto files = walk();
    EXPECT_TRUE(
        std::is_sorted(files.keys.begin(), files.keys.begin() + limits::feed_batch_entries));
    std::ranges::sort(files.keys);
    std::ranges::sort(expected);
    EXPECT_TRUE(files.keys == expected);
}

/// How many descriptors this process has open.
std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST_F(WalkTest, DeepTreesUpToTheLimit) {
    std::string deep;
    for (std::size_t i = 0; i < 300; ++i) {
        deep += "d/";
    }
    directory_.write(deep + "x", "");
    const std::size_t before = open_descriptors();
    EXPECT_THAT(walk().keys, ElementsAre(deep + "x"));

    for (std::size_t i = 300; i < limits::walk_depth_max - 1; ++i) {
        deep += "d/";
    }
    directory_.write(deep + "y", "");
    directory_.write(deep + "z/too/deep", "");
    const auto files = walk();
    EXPECT_EQ(files.keys.size(), 2U);
    EXPECT_EQ(files.passed_over.size(), 1U);
    EXPECT_EQ(files.passed_over.at(at(deep + "z")).code, "TooDeep");
    EXPECT_EQ(open_descriptors(), before);
}

TEST_F(WalkTest, ContentTypesAreGuessedWhereNoneIsGiven) {
    directory_.write("a.jpg", "text");
    directory_.write("page", "%PDF-1.7");
    directory_.write("README", "hello");
    directory_.write("empty", "");
    auto files = walk();
    EXPECT_EQ(files.types.at("a.jpg"), "image/jpeg");
    EXPECT_EQ(files.types.at("page"), "application/pdf");
    EXPECT_EQ(files.types.at("README"), "text/plain");
    EXPECT_EQ(files.types.at("empty"), "application/octet-stream");

    options_.files.guess_content_type = false;
    EXPECT_EQ(walk().types.at("a.jpg"), "");
    options_.files.guess_content_type = true;
    options_.files.attributes.content_type = "x/y";
    EXPECT_EQ(walk().types.at("page"), "x/y");
}

TEST_F(WalkTest, EachFileHasTheAttributesAndConditions) {
    directory_.write("a.jpg", "");
    options_.roots = {directory_.path()};
    options_.files.attributes.storage_class = "GLACIER";
    options_.files.conditions.if_none_match = "*";
    TreeWalk feed(options_, disk_);
    const auto file = test::run(feed.next());
    ASSERT_TRUE(file && *file);
    EXPECT_EQ((*file)->attributes.storage_class, "GLACIER");
    EXPECT_EQ((*file)->attributes.content_type, "image/jpeg");
    EXPECT_EQ((*file)->conditions.if_none_match, "*");
}

TEST_F(WalkTest, AStoppedFeedHasNoMoreFiles) {
    directory_.write("a", "");
    directory_.write("b", "");
    options_.roots = {directory_.path()};
    TreeWalk feed(options_, disk_);
    ASSERT_TRUE(*test::run(feed.next()));
    feed.stop();
    EXPECT_FALSE(*test::run(feed.next()));
}

}  // namespace
}  // namespace slipway::engine
