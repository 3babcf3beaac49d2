// SPDX-License-Identifier: Apache-2.0
#include "client/trailer_body.h"

#include "objects/running_checksum.h"
#include "support/run_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::client {
namespace {

using objects::ChecksumAlgorithm;
using testing::HasSubstr;

std::string encode(const std::string& bytes, std::size_t pieces, ChecksumAlgorithm algorithm) {
    MemoryBodyReader body(bytes, pieces);
    TrailerBody trailer(body, bytes.size(), algorithm);
    const auto encoded = test::run(read_all(trailer, 10 << 20));
    EXPECT_TRUE(encoded);
    EXPECT_EQ(trailer.size(), encoded->size()) << "Content-Length is promised before";
    EXPECT_EQ(trailer.checksum(), objects::checksum_of(algorithm, bytes));
    return *encoded;
}

TEST(TrailerBody, FramesTheBodyAndEndsWithItsChecksum) {
    // CRC-32C of "123456789" is e3069283 (RFC 3720, appendix B.4 and others).
    EXPECT_EQ(encode("123456789", 100, ChecksumAlgorithm::crc32c),
              "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32c:4waSgw==\r\n\r\n");
    EXPECT_EQ(encode("", 100, ChecksumAlgorithm::crc32c),
              "0\r\nx-amz-checksum-crc32c:AAAAAA==\r\n\r\n");
}

TEST(TrailerBody, CutsAtTheSamePlacesHoweverTheBodyComes) {
    for (const std::size_t size : {1'048'575u, 1'048'576u, 1'048'577u, 3'200'000u}) {
        const std::string bytes(size, 'x');
        const std::string whole = encode(bytes, size, ChecksumAlgorithm::sha256);
        EXPECT_EQ(encode(bytes, 1'000, ChecksumAlgorithm::sha256), whole);
        EXPECT_EQ(encode(bytes, 1'048'576, ChecksumAlgorithm::sha256), whole);
        EXPECT_EQ(whole.substr(0, 8), size < 1'048'576 ? "fffff\r\nx" : "100000\r\n");
    }
}

TEST(TrailerBody, RefusesABodyOfAnotherSize) {
    for (const std::uint64_t declared : {4u, 6u}) {
        MemoryBodyReader body("12345");
        TrailerBody trailer(body, declared, ChecksumAlgorithm::crc32);
        const auto encoded = test::run(read_all(trailer, 1000));
        ASSERT_FALSE(encoded);
        EXPECT_EQ(encoded.error().code, "IncompleteBody");
    }
}

TEST(TrailerBody, SaysWhatItIs) {
    MemoryBodyReader body("12345");
    const TrailerBody trailer(body, 5, ChecksumAlgorithm::crc64nvme);
    http::Headers headers;
    headers.add("Content-Encoding", "gzip");
    trailer.add_headers(headers);
    EXPECT_EQ(headers.get("content-encoding"), "aws-chunked,gzip");
    EXPECT_EQ(headers.get("x-amz-trailer"), "x-amz-checksum-crc64nvme");
    EXPECT_EQ(headers.get("x-amz-decoded-content-length"), "5");
    // Where nobody signs, this alone says that the bytes are not the body.
    EXPECT_EQ(headers.get("x-amz-content-sha256"), "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
}

}  // namespace
}  // namespace slipway::client
