// SPDX-License-Identifier: Apache-2.0
#include "engine/file_list.h"

#include "feed_files.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace slipway::engine {
namespace {

using namespace std::literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FileListTest : public ::testing::Test {
  protected:
    FileListTest() { options_.directory = directory_.path() + "/files"; }

    std::string at(std::string_view name) const {
        return options_.directory + "/" + std::string(name);
    }
    void write(const std::string& name, std::string_view text = "") {
        directory_.write("files/" + name, text);
    }

    FeedFiles take(const std::string& list) {
        FeedFiles files;
        FileListOptions options = options_;
        options.files.passed_over = files.collect();
        auto feed = FileList::open(list, std::move(options), disk_);
        EXPECT_TRUE(feed);
        outcome_ = files.take_all(**feed);
        return files;
    }
    FeedFiles take_text(std::string_view text) { return take(directory_.write("list", text)); }

    test::TemporaryDirectory directory_;
    FileListOptions options_;
    Result<> outcome_;
    DiskThreads disk_{2};
};

TEST_F(FileListTest, BringsTheFilesOfTheListInItsOrder) {
    write("b/x.txt", "123");
    write("a b.jpg");
    const std::string outside = directory_.write("outside", "12");
    options_.prefix = "to";
    const auto files = take_text("b/x.txt\r\n./a b.jpg\n\n" + outside);
    EXPECT_TRUE(outcome_);
    EXPECT_THAT(files.keys, ElementsAre("to/b/x.txt", "to/a b.jpg", "to" + outside));
    EXPECT_EQ(files.sizes.at("to/b/x.txt"), 3U);
    EXPECT_EQ(files.sizes.at("to" + outside), 2U);
    EXPECT_EQ(files.types.at("to/a b.jpg"), "image/jpeg");
    EXPECT_THAT(files.passed_over, IsEmpty());
}

TEST_F(FileListTest, NulsSeparateWhereThereAreAny) {
    write("two\nlines");
    write("x");
    EXPECT_THAT(take_text("two\nlines\0x\0"sv).keys, ElementsAre("two\nlines", "x"));
    EXPECT_THAT(take_text("").keys, IsEmpty());
}

TEST_F(FileListTest, WhatCannotBeTakenIsReportedAndTheRestGoesOn) {
    write("x");
    write("directory/y");
    ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
    std::filesystem::create_symlink("x", at("link"));
    const std::string endless(5000, 'e');
    const auto files =
        take_text("missing\n../files/x\ndirectory\nfifo\n" + endless + "\nlink\nx\n");
    EXPECT_TRUE(outcome_);
    EXPECT_THAT(files.keys, ElementsAre("link", "x"));
    EXPECT_EQ(files.passed_over.size(), 5U);
    EXPECT_EQ(files.passed_over.at(at("missing")).kind, ErrorKind::not_found);
    EXPECT_THAT(files.passed_over.at("../files/x").message, HasSubstr("'..'"));
    EXPECT_THAT(files.passed_over.at(at("directory")).message, HasSubstr("is a directory"));
    EXPECT_THAT(files.passed_over.at(at("fifo")).message, HasSubstr("is a fifo"));
    EXPECT_THAT(files.passed_over.at(endless.substr(0, 100)).message, HasSubstr("longer"));
}

TEST_F(FileListTest, ANulBehindTheProbeIsInNoPath) {
    write("x");
    std::string text;
    while (text.size() <= limits::list_probe_bytes) {
        text += "./././././././././././././\n";
    }
    FeedFiles files;
    FileListOptions options = options_;
    Error last;
    options.files.passed_over = [&last](PassedOver over) { last = over.error; };
    const auto feed =
        FileList::open(directory_.write("list", text + "a\0b\nx\n"s), std::move(options), disk_);
    ASSERT_TRUE(files.take_all(**feed));
    EXPECT_THAT(files.keys, ElementsAre("x"));
    EXPECT_THAT(last.message, HasSubstr("a\\x00b: a NUL"));
}

TEST_F(FileListTest, RulesHoldForListedPathsToo) {
    write("a.jpg");
    write("a.txt");
    options_.filter = *PathFilter::of(std::vector<PathRule>{{false, "*.txt"}});
    const auto files = take_text("./a.txt\n./a.jpg\nmissing.txt\n");
    EXPECT_THAT(files.keys, ElementsAre("a.jpg"));
    EXPECT_THAT(files.passed_over, IsEmpty());
}

TEST_F(FileListTest, OfPathsFromTheRootAndOthersTheSecondOfAKeyIsRefused) {
    const std::string absolute = directory_.write("outside/f", "outside");
    const std::string relative = absolute.substr(1);
    write(relative, "relative");
    write("x");
    for (const bool absolute_first : {true, false}) {
        const std::string& first = absolute_first ? absolute : relative;
        const std::string second = absolute_first ? "./" + relative : absolute;
        const auto files = take_text(first + "\n" + second + "\nx\n" + at("x") + "\n");
        EXPECT_THAT(files.keys, ElementsAre(relative, "x", at("x").substr(1)));
        EXPECT_EQ(files.sizes.at(relative), absolute_first ? 7U : 8U);
        ASSERT_EQ(files.passed_over.size(), 1U);
        const auto& [path, error] = *files.passed_over.begin();
        EXPECT_EQ(path, absolute_first ? at(second) : second);
        EXPECT_EQ(error.kind, ErrorKind::already_exists);
        EXPECT_THAT(error.message, HasSubstr(" has the key of " +
                                             (absolute_first ? absolute : at(relative)) + ","));
    }
    EXPECT_THAT(take_text(relative + "\n").passed_over, IsEmpty()) << "the other is not listed";
    EXPECT_THAT(take_text(absolute + "\n").passed_over, IsEmpty());
}

TEST_F(FileListTest, TheSameFileIsStoredAsOftenAsItIsListed) {
    write("a/x", "1");
    const std::string relative = at("a/x").substr(1);
    std::filesystem::create_directories(std::filesystem::path(at(relative)).parent_path());
    std::filesystem::create_hard_link(at("a/x"), at(relative));
    const auto files = take_text("a/x\na//x\n" + at("a/x") + "\n" + relative + "\n");
    EXPECT_THAT(files.passed_over, IsEmpty());
    EXPECT_EQ(files.keys.size(), 4U);
}

TEST_F(FileListTest, WhatOtherFeedsBroughtUnderAKeyIsNotReplaced) {
    write("x", "1");
    write("y", "2");
    write("z", "3");
    const std::string other = directory_.write("other", "");
    options_.prefix = "to";
    options_.paths_of = [&](std::string_view key) {
        std::vector<std::string> paths;
        if (key == "to/x") {
            paths = {directory_.path() + "/missing", other};
        } else if (key == "to/y") {
            paths = {directory_.path() + "/missing", directory_.path(), at("./y")};
        }
        return paths;
    };
    const auto files = take_text("x\ny\nz\n");
    EXPECT_THAT(files.keys, ElementsAre("to/y", "to/z"));
    ASSERT_EQ(files.passed_over.size(), 1U);
    EXPECT_EQ(files.passed_over.at(at("x")).kind, ErrorKind::already_exists);
    EXPECT_THAT(files.passed_over.at(at("x")).message,
                HasSubstr(at("x") + " has the key of " + other + ", \"to/x\""));
}

TEST_F(FileListTest, AListMayBeAPipeThatIsWrittenMeanwhile) {
    write("x");
    write("y");
    int ends[2] = {};
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    DiskThreads one_thread{1};
    FeedFiles files;
    FileListOptions options = options_;
    options.files.passed_over = files.collect();
    auto feed = FileList::open("/dev/fd/" + std::to_string(ends[0]), options, one_thread);
    ASSERT_TRUE(feed);
    ::close(ends[0]);
    ASSERT_EQ(::write(ends[1], "x\0", 2), 2);
    const auto first = test::run((*feed)->next());
    ASSERT_TRUE(first && *first) << "it is there before the end of the list";
    EXPECT_EQ((*first)->key, "x");

    std::jthread writer([&] {
        // The one disk thread is free although the list has nothing.
        auto work = [] { return Result<>(); };
        EXPECT_TRUE(test::run(one_thread.run(work)));
        EXPECT_EQ(::write(ends[1], "y", 1), 1);
        ::close(ends[1]);
    });
    ASSERT_TRUE(files.take_all(**feed));
    EXPECT_THAT(files.keys, ElementsAre("y"));
}

TEST_F(FileListTest, AListOfManyFilesIsStreamed) {
    write("x");
    std::string text;
    for (int i = 0; i < 50'000; ++i) {
        text += "x\n";
    }
    EXPECT_EQ(take_text(text).keys.size(), 50'000U);
}

TEST_F(FileListTest, AListThatCannotBeReadIsAnError) {
    const auto feed = FileList::open(at("missing"), options_, disk_);
    ASSERT_FALSE(feed);
    EXPECT_EQ(feed.error().kind, ErrorKind::not_found);
    EXPECT_THAT(feed.error().message, HasSubstr("list of files"));

    write("x");
    const auto files = take(directory_.path());  // opened, and then no file
    ASSERT_FALSE(outcome_);
    EXPECT_EQ(outcome_.error().kind, ErrorKind::io);
    EXPECT_THAT(files.keys, IsEmpty());
}

}  // namespace
}  // namespace slipway::engine
