// SPDX-License-Identifier: Apache-2.0
#include "gateway/payload.h"

#include "unit/gateway/gateway_fixture.h"

#include <fmt/format.h>

namespace slipway::gateway {
namespace {

using objects::ChecksumAlgorithm;

constexpr std::string_view unsigned_trailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
constexpr std::string_view signed_chunks = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";

class Payload : public GatewayTest {
  protected:
    /// A PUT whose body is in aws-chunked coding, with an unsigned trailer.
    http::Request with_trailer(std::size_t decoded_bytes) {
        http::Request made =
            request(http::Method::put, path("a"),
                    {{"Content-Encoding", "aws-chunked"},
                     {"x-amz-decoded-content-length", std::to_string(decoded_bytes)},
                     {"x-amz-sdk-checksum-algorithm", "CRC32"},
                     {"x-amz-trailer", "x-amz-checksum-crc32"}});
        sign(made, unsigned_trailer);
        return made;
    }

    /// One with signed chunks: the request and its body.
    std::pair<http::Request, std::string> with_signed_chunks(
        const std::vector<std::string>& chunks) {
        std::size_t size = 0;
        for (const std::string& chunk : chunks) {
            size += chunk.size();
        }
        http::Request made = request(http::Method::put, path("a"),
                                     {{"x-amz-decoded-content-length", std::to_string(size)}});
        sign(made, signed_chunks);
        const std::string authorization(made.headers.get("authorization"));
        const s3::SigningKey key(Secret(secret),
                                 s3::Scope{codec::amz_day(clock.time), "us-east-1", "s3"});
        s3::ChunkSigner signer(key, clock.time, authorization.substr(authorization.size() - 64));
        std::string body;
        for (const std::string& chunk : chunks) {
            body += fmt::format("{:x};chunk-signature={}\r\n{}\r\n", chunk.size(),
                                signer.sign_chunk(codec::sha256(chunk)), chunk);
        }
        body += fmt::format("0;chunk-signature={}\r\n\r\n", signer.sign_chunk(codec::sha256("")));
        return {std::move(made), std::move(body)};
    }
};

TEST_F(Payload, UnsignedChunksWithAChecksumInTheTrailer) {
    const Answer answer = send_raw(
        with_trailer(5), "3\r\nhel\r\n2\r\nlo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("x-amz-checksum-crc32"), "NhCmhg==");
    const Answer read = get("a", {{"x-amz-checksum-mode", "ENABLED"}});
    EXPECT_EQ(read.body, "hello");
    EXPECT_EQ(read.header("x-amz-checksum-crc32"), "NhCmhg==");
    EXPECT_FALSE(read.headers.has("Content-Encoding"));
}

struct BadTrailer {
    const char* name;
    const char* body;
    const char* code;
};

class PayloadBadTrailer : public Payload, public testing::WithParamInterface<BadTrailer> {};

TEST_P(PayloadBadTrailer, IsNotStored) {
    const Answer answer = send_raw(with_trailer(5), GetParam().body);
    EXPECT_EQ(answer.code(), GetParam().code);
    EXPECT_EQ(head("a").status, 404);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    PayloadBadTrailer,
    testing::Values(BadTrailer{"other_checksum",
                               "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
                               "BadDigest"},
                    BadTrailer{"no_trailer", "5\r\nhello\r\n0\r\n\r\n", "InvalidRequest"},
                    BadTrailer{"cut_in_the_chunk", "5\r\nhel", "IncompleteBody"},
                    BadTrailer{"cut_after_the_bytes", "5\r\nhello\r\n", "IncompleteBody"},
                    BadTrailer{"shorter", "4\r\nhell\r\n0\r\n\r\n", "IncompleteBody"},
                    BadTrailer{"not_chunked_at_all", "hello", "IncompleteBody"}),
    [](const auto& each) { return each.param.name; });

TEST_F(Payload, SignedChunks) {
    auto [made, body] = with_signed_chunks({"hello ", "world"});
    EXPECT_EQ(send_raw(made, body).status, 200);
    EXPECT_EQ(get("a").body, "hello world");
}

TEST_F(Payload, ForgedChunkIsNotStored) {
    auto [made, body] = with_signed_chunks({"hello ", "world"});
    body.replace(body.find("world"), 5, "earth");
    const Answer answer = send_raw(made, body);
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.code(), "SignatureDoesNotMatch");
    EXPECT_EQ(head("a").status, 404);
}

TEST_F(Payload, EmptyObject) {
    auto [made, body] = with_signed_chunks({});
    EXPECT_EQ(send_raw(made, body).status, 200);
    EXPECT_EQ(head("a").head_content_length, 0);
}

TEST_F(Payload, LengthOfTheObjectMustBeSaid) {
    http::Request made = request(http::Method::put, path("a"));
    sign(made, signed_chunks);
    const Answer answer = send_raw(made, "0\r\n\r\n");
    EXPECT_EQ(answer.status, 411);
    EXPECT_EQ(reads, 0);
}

TEST_F(Payload, UnknownTrailerIsRefusedUnread) {
    http::Request made =
        request(http::Method::put, path("a"),
                {{"x-amz-decoded-content-length", "5"}, {"x-amz-trailer", "x-foo"}});
    sign(made, unsigned_trailer);
    EXPECT_EQ(send_raw(made, "5\r\nhello\r\n0\r\n\r\n").code(), "InvalidRequest");
    EXPECT_EQ(reads, 0);
}

/// A reader that stops at the declared size has not got the last byte of an unproven body.
TEST_F(Payload, LastByteWaitsForTheProof) {
    MemoryBodyReader wire("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", 10);
    AwsChunkedBody body(
        wire, s3::AwsChunkedDecoder(s3::PayloadKind::streaming_unsigned_trailer, 5, std::nullopt),
        5, ChecksumAlgorithm::crc32);
    const auto piece = test::run(body.read());
    ASSERT_TRUE(piece);
    EXPECT_EQ(piece->text(), "hell");
    EXPECT_EQ(test::run(body.read()).error().code, "BadDigest");
    EXPECT_EQ(test::run(body.read()).error().code, "BadDigest") << "a failure stays one";
}

TEST_F(Payload, LastByteComesWithTheProof) {
    MemoryBodyReader wire("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", 10);
    AwsChunkedBody body(
        wire, s3::AwsChunkedDecoder(s3::PayloadKind::streaming_unsigned_trailer, 5, std::nullopt),
        5, ChecksumAlgorithm::crc32);
    EXPECT_EQ(body.size(), 5);
    EXPECT_EQ(test::run(body.read())->text(), "hell");
    EXPECT_EQ(test::run(body.read())->text(), "o");
    EXPECT_TRUE(test::run(body.read())->empty());
    EXPECT_TRUE(test::run(body.read())->empty());
}

}  // namespace
}  // namespace slipway::gateway
