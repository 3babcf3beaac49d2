// SPDX-License-Identifier: Apache-2.0
#include "server/form_reader.h"

#include "support/run_task.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::server {
namespace {

/// A body that comes from a socket, so many bytes at a time; or by read() only.
class Arriving final : public BodyReader {
  public:
    Arriving(std::string_view bytes, std::size_t piece, bool direct)
        : bytes_(bytes), piece_(piece), direct_(direct) {}

    Task<Chunk> read() override {
        const std::string_view piece = bytes_.substr(0, piece_);
        bytes_.remove_prefix(piece.size());
        co_return Chunk::copy_of(piece);
    }
    Task<bool> wait_for_bytes() override {
        there_ = true;
        co_return direct_;
    }
    Result<std::optional<std::size_t>> read_now(std::span<std::byte> room) override {
        EXPECT_FALSE(room.empty());
        if (!direct_ || !std::exchange(there_, false)) {
            return std::nullopt;
        }
        const std::size_t size = std::min({room.size(), bytes_.size(), piece_});
        std::memcpy(room.data(), bytes_.data(), size);
        bytes_.remove_prefix(size);
        return size;
    }
    std::optional<std::uint64_t> size() const override { return std::nullopt; }

  private:
    std::string_view bytes_;
    std::size_t piece_;
    bool direct_;
    bool there_ = false;
};

struct ReadPart {
    std::string name;
    std::string data;
    std::vector<std::size_t> chunks;  // sizes
    friend bool operator==(const ReadPart& a, const ReadPart& b) {
        return a.name == b.name && a.data == b.data;
    }
};

struct ReadForm {
    std::vector<ReadPart> parts;
    std::string code;
};

Task<> read_parts(FormReader& reader, ReadForm& form, std::string_view skip) {
    while (true) {
        SLIPWAY_CO_TRY(part, co_await reader.next_part());
        if (!part) {
            co_return Result<>();
        }
        ReadPart& read = form.parts.emplace_back();
        read.name = part->name;
        while (read.name != skip) {
            SLIPWAY_CO_TRY(chunk, co_await reader.read());
            if (chunk.empty()) {
                EXPECT_TRUE(reader.at_part_end());
                break;
            }
            read.chunks.push_back(chunk.size());
            read.data.append(chunk.text());
        }
    }
}

ReadForm read_all_of(BodyReader& body,
                     FormReader::Options options,
                     std::string_view skip = "none",
                     std::optional<std::string> boundary = "xyz") {
    FormReader reader(body, std::move(boundary), options);
    ReadForm form;
    const auto read = test::run(read_parts(reader, form, skip));
    form.code = read ? "" : read.error().code;
    return form;
}

std::string content(std::size_t size) {
    std::string text(size, '\0');
    std::uint32_t state = static_cast<std::uint32_t>(size) + 7;
    for (char& byte : text) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24U);
    }
    // Near-boundaries, so that some lie across the ends of windows.
    for (std::size_t at = 0; at + 7 < size; at += 61) {
        text.replace(at, 7, "\r\n--xy!");
    }
    return text;
}

std::string part(std::string_view name, std::string_view data) {
    return "--xyz\r\nContent-Disposition: form-data; name=" + std::string(name) +
           "; filename=f\r\n\r\n" + std::string(data) + "\r\n";
}

class FormReaderTest : public ::testing::TestWithParam<std::pair<std::size_t, bool>> {
  protected:
    FormReader::Options collecting() {
        FormReader::Options options;
        options.memory = &memory_;
        return options;
    }
    Arriving arriving(std::string_view bytes) {
        return {bytes, GetParam().first, GetParam().second};
    }

    ForwardMemory memory_;
};

TEST_P(FormReaderTest, FilesOfAllSizesComeAsTheyWereSent) {
    const std::vector<std::size_t> sizes{0,      1,       100,     4096,      5000,      0,
                                         70'000, 131'072, 131'073, 1'000'000, 16 * 1024, 3};
    std::string body;
    std::vector<ReadPart> expected;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        expected.push_back({"f" + std::to_string(i), content(sizes[i]), {}});
        body += part(expected.back().name, expected.back().data);
    }
    body += "--xyz--\r\n";
    for (const bool collect : {true, false}) {
        Arriving source = arriving(body);
        const ReadForm form = read_all_of(source, collect ? collecting() : FormReader::Options());
        EXPECT_EQ(form.code, "");
        ASSERT_EQ(form.parts.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            EXPECT_TRUE(form.parts[i] == expected[i]) << i << (collect ? " collected" : "");
        }
    }
    EXPECT_EQ(memory_.use().bytes, 0U);
    EXPECT_EQ(memory_.use().first_bytes, 0U);
}

TEST_P(FormReaderTest, WhatIsNotReadIsSkippedAndHoldsNoMemory) {
    const std::string body = part("a", content(3'000'000)) + part("b", "data") + "--xyz--\r\n";
    for (const bool collect : {true, false}) {
        Arriving source = arriving(body);
        const ReadForm form =
            read_all_of(source, collect ? collecting() : FormReader::Options(), "a");
        EXPECT_EQ(form.code, "");
        ASSERT_EQ(form.parts.size(), 2U);
        EXPECT_EQ(form.parts[1].data, "data");
    }
    EXPECT_EQ(memory_.use().bytes, 0U);
}

TEST_P(FormReaderTest, CollectedChunksAreFullAndEndWithTheParts) {
    const std::string text = content(3'000'000);
    FormReader::Options options = collecting();
    options.parts = {1'000'000, 1'000'000};
    const std::string body = part("a", text) + "--xyz--";
    Arriving source = arriving(body);
    const ReadForm form = read_all_of(source, options);
    ASSERT_EQ(form.parts.size(), 1U) << form.code;
    EXPECT_TRUE(form.parts[0].data == text);
    // Within what may be the start of a boundary.
    std::size_t sum = 0;
    std::size_t ends = 0;
    for (const std::size_t size : form.parts[0].chunks) {
        sum += size;
        ends += sum >= (ends + 1) * 1'000'000 && sum < (ends + 1) * 1'000'000 + 256 ? 1 : 0;
    }
    EXPECT_EQ(ends, 3U);
    EXPECT_LT(form.parts[0].chunks.size(), 60U);
}

TEST_P(FormReaderTest, ABodyWithoutAFormIsOneFile) {
    for (const std::size_t size : {0U, 5U, 1'000'000U}) {
        for (const bool collect : {true, false}) {
            const std::string text = content(size);
            Arriving source = arriving(text);
            const ReadForm form = read_all_of(
                source, collect ? collecting() : FormReader::Options(), "none", std::nullopt);
            ASSERT_EQ(form.parts.size(), 1U) << form.code;
            EXPECT_TRUE(form.parts[0].data == text);
        }
    }
}

TEST_P(FormReaderTest, ACutFormFailsWhereverItIsCut) {
    const std::string body = part("a", content(50'000)) + part("b", "x");
    for (const std::size_t size : {std::size_t{30}, std::size_t{1000}, body.size() - 1}) {
        for (const bool collect : {true, false}) {
            Arriving source = arriving(std::string_view(body).substr(0, size));
            EXPECT_EQ(read_all_of(source, collect ? collecting() : FormReader::Options()).code,
                      "truncated_form");
        }
    }
    EXPECT_EQ(memory_.use().bytes, 0U);
}

TEST_P(FormReaderTest, TheWholeHasALimit) {
    FormReader::Options options = collecting();
    options.body_bytes_max = 40'000;
    const std::string body = part("a", content(50'000)) + "--xyz--";
    Arriving source = arriving(body);
    EXPECT_EQ(read_all_of(source, options).code, "form_too_large");
}

INSTANTIATE_TEST_SUITE_P(Arrivals,
                         FormReaderTest,
                         ::testing::Values(std::pair(std::size_t{1 << 20}, true),
                                           std::pair(std::size_t{1 << 20}, false),
                                           std::pair(std::size_t{1013}, true),
                                           std::pair(std::size_t{1013}, false),
                                           std::pair(std::size_t{37}, true)));

TEST(FormReaderMemoryTest, ASlowSendersMemoryGrowsWithWhatCame) {
    ForwardMemory memory;
    FormReader::Options options;
    options.memory = &memory;
    const std::string body = part("a", std::string(10'000, 'x')) + "--xyz--";
    Arriving source(body, 100, true);
    FormReader reader(source, "xyz", options);
    EXPECT_TRUE(test::run(reader.next_part()));
    std::vector<Chunk> held;
    std::size_t bytes = 0;
    while (true) {
        auto chunk = test::run(reader.read());
        ASSERT_TRUE(chunk);
        if (chunk->empty()) {
            break;
        }
        bytes += chunk->size();
        held.push_back(*std::move(chunk));
        EXPECT_LE(memory.use().first_bytes, bytes + bytes / 2 + 8192);
    }
    EXPECT_EQ(bytes, 10'000U);
    EXPECT_EQ(memory.use().bytes, 0U);
}

}  // namespace
}  // namespace slipway::server
