// SPDX-License-Identifier: Apache-2.0
#include "engine/callback_source.h"

#include "objects/running_checksum.h"
#include "support/run_task.h"
#include "task/for_each.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace slipway::engine {
namespace {

using testing::HasSubstr;

constexpr auto algorithm = objects::ChecksumAlgorithm::crc64nvme;

std::string text_of(const std::vector<Chunk>& chunks) {
    std::string text;
    for (const Chunk& chunk : chunks) {
        text += chunk.text();
    }
    return text;
}

objects::Checksum checksum_of(std::string_view text) {
    objects::RunningChecksum running(algorithm);
    running.update(text);
    return running.finish();
}

class CallbackSourceTest : public testing::Test {
  protected:
    CallbackSourceTest() : content_(3 * limits::chunk_bytes + 77, ' ') {
        unsigned state = 1;
        std::ranges::generate(content_, [&state] {
            state = state * 1664525U + 1013904223U;
            return static_cast<char>(state >> 24U);
        });
    }

    /// Brings content_ in pieces of 10,000 bytes at most, and sees that nobody calls meanwhile.
    CallbackSource::ReadAt read_at() {
        return [this](std::uint64_t offset, std::span<char> into) -> Result<std::size_t> {
            EXPECT_EQ(callers_++, 0);
            const auto size = std::min<std::size_t>(into.size(), 10'000);
            const auto count = content_.copy(into.data(), size, offset);
            --callers_;
            return count;
        };
    }

    Result<PartBytes> read(CallbackSource& source, const Part& part) {
        return test::run(source.read(part, algorithm, pool_));
    }
    Error error_of(CallbackSource::ReadAt read_at) {
        CallbackSource source("a.bin", content_.size(), std::move(read_at), threads_);
        const auto outcome = read(source, Part{1, 5, 100});
        return outcome ? Error() : outcome.error();
    }

    std::string content_;
    std::atomic<int> callers_ = 0;
    ChunkPool pool_;
    DiskThreads threads_{4};
};

TEST_F(CallbackSourceTest, BringsAnyPartAndAgain) {
    CallbackSource source("a.bin", content_.size(), read_at(), threads_);
    EXPECT_EQ(source.size(), content_.size());
    const Part part{2, 1000, content_.size() - 1000};
    for (int time = 0; time < 2; ++time) {
        const auto bytes = read(source, part);
        ASSERT_TRUE(bytes);
        EXPECT_EQ(text_of(bytes->chunks), content_.substr(1000));
        EXPECT_EQ(bytes->checksum, checksum_of(content_.substr(1000)));
    }
    EXPECT_TRUE(read(source, Part{0, 0, 0})->chunks.empty());
}

TEST_F(CallbackSourceTest, IsAskedOnceAtATime) {
    CallbackSource source("a.bin", content_.size(), read_at(), threads_);
    std::vector<std::string> found(30);
    auto work = [&](std::size_t i) -> Async<void> {
        const Part part{0, i * 1000, 100'000};
        const auto bytes = co_await source.read(part, algorithm, pool_);
        found[i] = bytes ? text_of(bytes->chunks) : bytes.error().message;
    };
    auto all = [&]() -> Task<> {
        co_await for_each(found.size(), found.size(), work);
        co_return Result<>();
    };
    ASSERT_TRUE(test::run(all()));
    for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i], content_.substr(i * 1000, 100'000)) << i;
    }
}

TEST_F(CallbackSourceTest, BytesThatChangedAreAnError) {
    CallbackSource source("a.bin", content_.size(), read_at(), threads_);
    ASSERT_TRUE(read(source, Part{1, 0, 1000}));
    content_[500] = static_cast<char>(content_[500] + 1);
    const auto again = read(source, Part{1, 0, 1000});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, ErrorKind::corrupted);
    EXPECT_EQ(again.error().code, "SourceChanged");
    EXPECT_THAT(again.error().message, HasSubstr("a.bin has other bytes"));
    EXPECT_TRUE(read(source, Part{1, 1000, 1000})) << "these are the same";
}

TEST_F(CallbackSourceTest, SaysWhatTheFunctionDoesWrong) {
    const auto ends = [](std::uint64_t, std::span<char>) -> Result<std::size_t> { return 0U; };
    EXPECT_EQ(error_of(ends).code, "SourceChanged");
    EXPECT_THAT(error_of(ends).message, HasSubstr("a.bin ends after 5 bytes of"));
    const auto too_much = [](std::uint64_t, std::span<char> into) -> Result<std::size_t> {
        return into.size() + 1;
    };
    EXPECT_EQ(error_of(too_much).kind, ErrorKind::internal);
    const auto fails = [](std::uint64_t, std::span<char>) -> Result<std::size_t> {
        return fail(ErrorKind::not_found, "it went away");
    };
    EXPECT_EQ(error_of(fails).message, "it went away");
    const auto raises = [](std::uint64_t, std::span<char>) -> Result<std::size_t> {
        return std::string("short").at(10);
    };
    EXPECT_EQ(error_of(raises).kind, ErrorKind::io);
    EXPECT_THAT(error_of(raises).message, HasSubstr("that brings a.bin threw: "));
    EXPECT_EQ(pool_.chunks_in_use(), 0U);
}

TEST_F(CallbackSourceTest, AReaderFillsChunksAndEnds) {
    std::size_t position = 0;
    auto read_some = [&](std::span<char> into) -> Result<std::size_t> {
        const auto count = content_.copy(into.data(), std::min(into.size(), 999UL), position);
        position += count;
        return count;
    };
    CallbackReader reader("a.bin", read_some, pool_, threads_);
    std::vector<Chunk> chunks;
    while (true) {
        auto chunk = test::run(reader.read());
        ASSERT_TRUE(chunk);
        if (chunk->empty()) {
            break;
        }
        chunks.push_back(*std::move(chunk));
    }
    EXPECT_EQ(chunks.size(), 4U);
    EXPECT_EQ(text_of(chunks), content_);
    position = 0;
    EXPECT_TRUE(test::run(reader.read())->empty()) << "the end stays the end";
    EXPECT_EQ(position, 0U);
}

TEST_F(CallbackSourceTest, AReaderThatIsStoppedIsCancelled) {
    CallbackReader* self = nullptr;
    auto read_some = [&](std::span<char> into) -> Result<std::size_t> {
        self->stop();
        into.front() = 'x';
        return 1U;
    };
    CallbackReader reader("a.bin", read_some, pool_, threads_);
    self = &reader;
    EXPECT_EQ(test::run(reader.read()).error().kind, ErrorKind::cancelled);
}

}  // namespace
}  // namespace slipway::engine
