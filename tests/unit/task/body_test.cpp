// SPDX-License-Identifier: Apache-2.0
#include "task/body.h"

#include "support/run_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

namespace slipway {
namespace {

/// A body that declares what it likes, and fails after its bytes when told so.
class OddBody final : public BodyReader {
  public:
    OddBody(std::string bytes, std::optional<std::uint64_t> declared, bool breaks = false)
        : body_(std::move(bytes), 3), declared_(declared), breaks_(breaks) {}
    Task<Chunk> read() override {
        ++reads;
        SLIPWAY_CO_TRY(chunk, co_await body_.read());
        if (chunk.empty() && breaks_) {
            co_return fail(ErrorKind::cancelled, "cut");
        }
        co_return chunk;
    }
    std::optional<std::uint64_t> size() const override { return declared_; }
    int reads = 0;

  private:
    MemoryBodyReader body_;
    std::optional<std::uint64_t> declared_;
    bool breaks_;
};

TEST(MemoryBodyReader, BringsItsBytesInPieces) {
    MemoryBodyReader body("abcdefg", 3);
    EXPECT_EQ(body.size(), 7U);
    for (const char* piece : {"abc", "def", "g", "", ""}) {
        EXPECT_EQ(test::run(body.read())->text(), piece);
    }
    EXPECT_EQ(body.size(), 7U);
    MemoryBodyReader nothing("");
    EXPECT_TRUE(test::run(nothing.read())->empty());
}

TEST(HeldBodyReader, BringsCopiesAndKeepsWhatItHolds) {
    std::vector<Chunk> chunks;
    chunks.push_back(Chunk::copy_of("abc"));
    chunks.push_back(Chunk::copy_of("defg"));
    HeldBodyReader body(chunks);
    EXPECT_EQ(body.size(), 7U);
    EXPECT_EQ(test::run(read_all(body, 7)).value(), "abcdefg");
    ASSERT_TRUE(body.held());
    EXPECT_EQ(body.held()->size(), 2U) << "reading took nothing from it";
    EXPECT_EQ(body_size(std::make_unique<HeldBodyReader>(chunks)), 7U);
    EXPECT_FALSE(MemoryBodyReader("x").held());
}

TEST(ReadAll, ReadsUpToItsLimit) {
    MemoryBodyReader exact("abcdefg", 2);
    EXPECT_EQ(test::run(read_all(exact, 7)).value(), "abcdefg");
    MemoryBodyReader empty("");
    EXPECT_EQ(test::run(read_all(empty, 0)).value(), "");
}

TEST(ReadAll, ADeclaredSizeOverTheLimitIsNotReadAtAll) {
    OddBody body("abcdefg", 8);
    const auto refused = test::run(read_all(body, 7));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::too_large);
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("7 bytes"));
    EXPECT_EQ(body.reads, 0);
}

TEST(ReadAll, StopsAtTheLimitWhateverWasDeclared) {
    for (const std::optional<std::uint64_t> declared :
         {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(2)}) {
        OddBody body(std::string(1000, 'x'), declared);
        EXPECT_EQ(test::run(read_all(body, 7)).error().kind, ErrorKind::too_large);
        EXPECT_EQ(body.reads, 3) << "the rest is not read";
    }
    OddBody undeclared("abcdefg", std::nullopt);
    EXPECT_EQ(test::run(read_all(undeclared, 7)).value(), "abcdefg");
}

TEST(ReadAll, TheReadersErrorsAreIts) {
    OddBody body("abc", 5, true);
    EXPECT_EQ(test::run(read_all(body, 100)).error().kind, ErrorKind::cancelled);
}

TEST(Body, KnowsItsSizeWhereItCan) {
    EXPECT_EQ(body_size(std::string("abc")), 3U);
    EXPECT_EQ(body_size(StaticBytes{"abcd"}), 4U);
    EXPECT_EQ(body_size(FileSlice{nullptr, 10, 5}), 5U);
    EXPECT_EQ(body_size(std::make_unique<MemoryBodyReader>("ab")), 2U);
    EXPECT_EQ(body_size(std::make_unique<OddBody>("ab", std::nullopt)), std::nullopt);
}

TEST(OpenFile, ClosesWithItsLastHolder) {
    const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    auto file = std::make_shared<OpenFile>(fd);
    auto other = file;
    file.reset();
    EXPECT_NE(::fcntl(fd, F_GETFD), -1);
    other.reset();
    EXPECT_EQ(::fcntl(fd, F_GETFD), -1);
    const OpenFile none(-1);  // closes nothing
    EXPECT_EQ(none.fd(), -1);
}

}  // namespace
}  // namespace slipway
