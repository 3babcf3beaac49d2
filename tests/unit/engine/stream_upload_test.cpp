// SPDX-License-Identifier: Apache-2.0
#include "engine/stream_upload.h"

#include "objects/running_checksum.h"
#include "support/memory_store.h"
#include "support/run_task.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace slipway::engine {
namespace {

constexpr std::size_t part_bytes = limits::engine_part_bytes;

/// Text as a stream without a size, which may break.
class Stream final : public BodyReader {
  public:
    explicit Stream(std::string text) : text_(std::move(text)) {}
    Task<Chunk> read() override {
        if (at_ >= breaks_at) {
            co_return fail(ErrorKind::io, "the pipe broke");
        }
        const std::string_view piece = std::string_view(text_).substr(at_, 100'003);
        at_ += piece.size();
        has_ended = piece.empty();
        co_return Chunk::copy_of(piece);
    }
    std::optional<std::uint64_t> size() const override { return std::nullopt; }
    std::size_t breaks_at = std::string::npos;
    bool has_ended = false;

  private:
    std::string text_;
    std::size_t at_ = 0;
};

/// Counts, and refuses a part if told to.
class CountingStore final : public test::MemoryStore {
  public:
    using test::MemoryStore::MemoryStore;
    Task<objects::PartInfo> put_part(const objects::PutPartRequest& request,
                                     BodyReader& body) override {
        ++parts;
        if (request.number == refused_part) {
            co_return fail(ErrorKind::permission_denied, "no", "AccessDenied");
        }
        co_return co_await test::MemoryStore::put_part(request, body);
    }
    unsigned parts = 0;
    unsigned refused_part = 0;
};

class StreamUploadTest : public ::testing::Test {
  protected:
    StreamUploadTest() {
        EXPECT_TRUE(test::run(store_.create_bucket("photos")));
        target_.bucket = "photos";
        target_.key = "stream";
        target_.stored = [this](std::uint64_t bytes) { stored_bytes_ += bytes; };
    }

    std::string content(std::size_t size) const {
        std::string text(size, '\0');
        std::uint32_t state = 7;
        for (char& byte : text) {
            state = state * 1664525U + 1013904223U;
            byte = static_cast<char>(state >> 24U);
        }
        return text;
    }

    Result<objects::ObjectInfo> send(Stream& stream) {
        return test::run(upload_stream(store_, stream, target_));
    }

    std::optional<std::string> stored() {
        objects::GetRequest request;
        request.bucket = "photos";
        request.key = "stream";
        auto result = test::run(store_.get(request));
        return result ? std::optional(std::get<std::string>(result->body)) : std::nullopt;
    }

    bool an_upload_is_left() {
        objects::ListMultipartUploadsRequest request;
        request.bucket = "photos";
        return !test::run(store_.list_multipart_uploads(request))->uploads.empty();
    }

    SystemClock clock_;
    CountingStore store_{clock_};
    StreamTarget target_;
    std::uint64_t stored_bytes_ = 0;
};

TEST_F(StreamUploadTest, AShortStreamIsOnePut) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{5}, part_bytes - 1}) {
        Stream stream(content(size));
        const auto info = send(stream);
        ASSERT_TRUE(info) << info.error().message;
        EXPECT_EQ(stored(), content(size));
        EXPECT_EQ(store_.parts, 0U);
    }
}

TEST_F(StreamUploadTest, ALongOneGoesInParts) {
    const std::string text = content(3 * part_bytes + 12'345);
    Stream stream(text);
    const auto info = send(stream);
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_EQ(stored(), text);
    EXPECT_EQ(store_.parts, 4U);
    EXPECT_EQ(stored_bytes_, text.size());
    EXPECT_FALSE(an_upload_is_left());
}

TEST_F(StreamUploadTest, LittleMemoryIsEnough) {
    target_.memory_bytes = 1;
    const std::string text = content(2 * part_bytes);
    Stream stream(text);
    ASSERT_TRUE(send(stream));
    EXPECT_EQ(stored(), text);
}

TEST_F(StreamUploadTest, AStreamThatBreaksLeavesNothing) {
    Stream stream(content(3 * part_bytes));
    stream.breaks_at = 2 * part_bytes;
    EXPECT_EQ(send(stream).error().message, "the pipe broke");
    EXPECT_EQ(stored(), std::nullopt);
    EXPECT_FALSE(an_upload_is_left());
}

TEST_F(StreamUploadTest, APartThatIsRefusedEndsItWithItsReason) {
    store_.refused_part = 2;
    Stream stream(content(4 * part_bytes));
    EXPECT_EQ(send(stream).error().code, "AccessDenied");
    EXPECT_EQ(stored(), std::nullopt);
    EXPECT_FALSE(an_upload_is_left());
}

TEST_F(StreamUploadTest, ACancelledOneLeavesNothing) {
    target_.cancelled = [] { return true; };
    Stream stream(content(3 * part_bytes));
    EXPECT_EQ(send(stream).error().kind, ErrorKind::cancelled);
    EXPECT_FALSE(an_upload_is_left());
}

TEST_F(StreamUploadTest, WhatHasEndedBeforeItWasCancelledIsNoObjectEither) {
    for (const std::size_t size : {std::size_t{5}, 3 * part_bytes - 1}) {
        Stream stream(content(size));
        target_.cancelled = [&stream] { return stream.has_ended; };
        EXPECT_EQ(send(stream).error().kind, ErrorKind::cancelled);
        EXPECT_EQ(stored(), std::nullopt);
        EXPECT_FALSE(an_upload_is_left());
    }
}

}  // namespace
}  // namespace slipway::engine
