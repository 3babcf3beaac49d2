// SPDX-License-Identifier: Apache-2.0
#include "engine/descriptor_reader.h"

#include "support/run_task.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <string>
#include <thread>
#include <unistd.h>

namespace slipway::engine {
namespace {

class DescriptorReaderTest : public ::testing::Test {
  protected:
    DescriptorReaderTest() { EXPECT_EQ(::pipe(ends_), 0); }
    ~DescriptorReaderTest() override { ::close(ends_[0]); }

    void write_all(std::string_view text) const {
        while (!text.empty()) {
            const auto count = ::write(ends_[1], text.data(), text.size());
            ASSERT_GT(count, 0);
            text.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    int ends_[2] = {-1, -1};
    ChunkPool pool_;
    DiskThreads disk_{1};
};

TEST_F(DescriptorReaderTest, FillsChunksFromAPipeInAnyPieces) {
    const std::string text(limits::chunk_bytes + 100, 'x');
    std::jthread writer([&] {
        write_all(text.substr(0, 7));
        write_all(text.substr(7));
        ::close(ends_[1]);
    });
    DescriptorReader reader(ends_[0], pool_, disk_);
    const auto first = test::run(reader.read());
    EXPECT_EQ(first->size(), limits::chunk_bytes);
    EXPECT_EQ(test::run(reader.read())->size(), 100U);
    EXPECT_TRUE(test::run(reader.read())->empty());
    EXPECT_TRUE(test::run(reader.read())->empty());
}

TEST_F(DescriptorReaderTest, EndsWhenItIsStoppedThoughNothingComes) {
    DescriptorReader reader(ends_[0], pool_, disk_);
    std::jthread stopper([&reader] { reader.stop(); });
    EXPECT_EQ(test::run(reader.read()).error().kind, ErrorKind::cancelled);
    ::close(ends_[1]);
}

TEST_F(DescriptorReaderTest, SaysWhatCannotBeRead) {
    const int folder = ::open("/", O_RDONLY | O_CLOEXEC);
    DescriptorReader reader(folder, pool_, disk_);
    const auto read = test::run(reader.read());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::io);
    ::close(folder);
    ::close(ends_[1]);
}

}  // namespace
}  // namespace slipway::engine
