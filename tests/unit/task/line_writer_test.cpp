// SPDX-License-Identifier: Apache-2.0
#include "task/line_writer.h"

#include "support/temporary_directory.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace slipway {
namespace {

std::string contents(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

TEST(LineWriter, AppendsWholeLinesOfAllThreads) {
    const test::TemporaryDirectory directory;
    const std::string path = directory.path() + "/log";
    std::ofstream(path) << "before\n";
    {
        const auto writer = LineWriter::open(path, 1 << 20);
        ASSERT_TRUE(writer);
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < 1000; ++n) {
                    (*writer)->write("0123456789");
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
    }
    std::istringstream lines(contents(path));
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(line, "before");
    int count = 0;
    while (std::getline(lines, line)) {
        EXPECT_EQ(line, "0123456789");
        ++count;
    }
    EXPECT_EQ(count, 4000);
}

TEST(LineWriter, MakesAFileThatNobodyElseReads) {
    const test::TemporaryDirectory directory;
    const std::string path = directory.path() + "/log";
    ASSERT_TRUE(LineWriter::open(path, 100));
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    const auto none = LineWriter::open(directory.path() + "/no/log", 100);
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().message.find("/no/log"), std::string::npos);
}

/// A pipe that nobody reads is the slowest of disks: write() must not wait for it.
TEST(LineWriter, DropsAndCountsWhatASlowDiskDoesNotTake) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const std::string line(999, 'x');
    auto writer = std::make_unique<LineWriter>(ends[1], "a pipe", 10'000);
    for (int i = 0; i < 1000; ++i) {  // much more than the pipe and what is kept
        writer->write(line);
    }
    std::string received;
    std::thread reader([&] {
        char bytes[4096];
        for (ssize_t size = 0; (size = ::read(ends[0], bytes, sizeof bytes)) > 0;) {
            received.append(bytes, static_cast<std::size_t>(size));
        }
    });
    writer.reset();  // writes what it kept, and closes
    reader.join();
    ::close(ends[0]);
    EXPECT_LT(received.size(), 200'000U);
    EXPECT_NE(received.find("{\"dropped\":"), std::string::npos);
}

}  // namespace
}  // namespace slipway
