// SPDX-License-Identifier: Apache-2.0
#include "s3/aws_chunked.h"

#include "codec/time.h"
#include "s3/limits.h"

#include <gtest/gtest.h>

#include <string>

namespace slipway::s3 {
namespace {

// Amazon's own example: 65 KiB of 'a' in two chunks, signed on 2013-05-24.
const Secret example_secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
const Scope example_scope{"20130524", "us-east-1", "s3"};
constexpr std::string_view seed =
    "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
constexpr std::string_view first =
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648";
constexpr std::string_view second =
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497";
constexpr std::string_view last =
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9";

std::string crlf_chunk(std::string_view size, std::string_view signature, std::string bytes) {
    return std::string(size).append(";chunk-signature=").append(signature).append("\r\n") + bytes +
           "\r\n";
}

std::string example_body() {
    return crlf_chunk("10000", first, std::string(65536, 'a')) +
           crlf_chunk("400", second, std::string(1024, 'a')) + crlf_chunk("0", last, "");
}

/// Decodes `body` in pieces of that size: what it carries, or the code of the error.
struct Decoded {
    std::string bytes;
    std::string code;
    bool done = false;
    std::vector<http::Header> trailer;
};

Decoded decode(AwsChunkedDecoder decoder, std::string body, std::size_t piece) {
    Decoded decoded;
    for (std::size_t at = 0; at < body.size(); at += piece) {
        const auto bytes =
            std::as_writable_bytes(std::span(body)).subspan(at, std::min(piece, body.size() - at));
        const auto count = decoder.decode(bytes);
        if (!count) {
            decoded.code = count.error().code;
            return decoded;
        }
        decoded.bytes.append(body, at, *count);
    }
    decoded.done = decoder.done();
    decoded.trailer = decoder.trailer();
    return decoded;
}

class AwsChunkedExample : public testing::TestWithParam<std::size_t> {
  protected:
    AwsChunkedDecoder decoder() {
        return AwsChunkedDecoder(PayloadKind::streaming_signed, 66560,
                                 ChunkSigner(key_, date_, std::string(seed)));
    }
    SigningKey key_{example_secret, example_scope};
    Time date_ = codec::parse_amz_date("20130524T000000Z").value();
};

TEST_P(AwsChunkedExample, IsDecodedHoweverItComes) {
    const Decoded decoded = decode(decoder(), example_body(), GetParam());
    EXPECT_EQ(decoded.code, "");
    EXPECT_TRUE(decoded.done);
    EXPECT_EQ(decoded.bytes, std::string(66560, 'a'));
}

TEST_P(AwsChunkedExample, ChangedByteIsFound) {
    std::string body = example_body();
    body[40000] = 'b';
    EXPECT_EQ(decode(decoder(), body, GetParam()).code, "SignatureDoesNotMatch");
}

TEST_P(AwsChunkedExample, ChangedSignatureOfTheEmptyLastChunkIsFound) {
    std::string body = example_body();
    body[body.size() - 5] ^= 1;
    EXPECT_EQ(decode(decoder(), body, GetParam()).code, "SignatureDoesNotMatch");
}

TEST_P(AwsChunkedExample, WithoutItsLastChunkIsNotDone) {
    std::string body = example_body();
    body.resize(body.size() - 86);
    const Decoded decoded = decode(decoder(), body, GetParam());
    EXPECT_EQ(decoded.code, "");
    EXPECT_FALSE(decoded.done);
}

INSTANTIATE_TEST_SUITE_P(Pieces, AwsChunkedExample, testing::Values(1, 7, 4096, 1000000));

// The second example: the same body with a CRC32C in a signed trailer.
TEST(AwsChunkedTrailer, SignedExampleIsDecoded) {
    const SigningKey key(example_secret, example_scope);
    const Time date = codec::parse_amz_date("20130524T000000Z").value();
    const std::string chunks =
        crlf_chunk("10000", "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
                   std::string(65536, 'a')) +
        crlf_chunk("400", "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
                   std::string(1024, 'a')) +
        "0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n";
    const std::string trailer = "x-amz-checksum-crc32c:sOO8/Q==";
    const std::string signature =
        "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435";
    const auto decoder = [&] {
        return AwsChunkedDecoder(
            PayloadKind::streaming_signed_trailer, 66560,
            ChunkSigner(key, date,
                        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"));
    };
    // As documented, and as minio-go writes it.
    for (const std::string& end :
         {trailer + "\r\n" + signature + "\r\n\r\n", trailer + "\n\r\n" + signature + "\r\n\r\n"}) {
        const Decoded decoded = decode(decoder(), chunks + end, 1000);
        EXPECT_EQ(decoded.code, "");
        EXPECT_TRUE(decoded.done);
        ASSERT_EQ(decoded.trailer.size(), 1);
        EXPECT_EQ(decoded.trailer[0], (http::Header{"x-amz-checksum-crc32c", "sOO8/Q=="}));
    }
    const std::string forged = "x-amz-checksum-crc32c:sOO9/Q==\r\n" + signature + "\r\n\r\n";
    EXPECT_EQ(decode(decoder(), chunks + forged, 1000).code, "SignatureDoesNotMatch");
    EXPECT_FALSE(decode(decoder(), chunks + trailer + "\r\n\r\n", 1000).done);
}

AwsChunkedDecoder unsigned_decoder(std::uint64_t size) {
    return AwsChunkedDecoder(PayloadKind::streaming_unsigned_trailer, size, std::nullopt);
}

TEST(AwsChunkedTrailer, UnsignedIsDecoded) {
    for (const std::string end : {"\r\n\r\n", "\n\r\n\r\n"}) {
        const Decoded decoded =
            decode(unsigned_decoder(5),
                   "3\r\nhel\r\n2\r\nlo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==" + end, 4);
        EXPECT_EQ(decoded.code, "");
        EXPECT_TRUE(decoded.done);
        EXPECT_EQ(decoded.bytes, "hello");
        ASSERT_EQ(decoded.trailer.size(), 1);
        EXPECT_EQ(decoded.trailer[0].value, "NhCmhg==");
    }
}

TEST(AwsChunkedTrailer, EmptyBody) {
    const Decoded decoded = decode(unsigned_decoder(0), "0\r\n\r\n", 1);
    EXPECT_TRUE(decoded.done);
    EXPECT_EQ(decoded.bytes, "");
}

struct BadBody {
    const char* name;
    std::string body;
    const char* code;
};

class AwsChunkedBad : public testing::TestWithParam<BadBody> {};

TEST_P(AwsChunkedBad, IsRefused) {
    EXPECT_EQ(decode(unsigned_decoder(5), GetParam().body, 3).code, GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    AwsChunkedBad,
    testing::Values(BadBody{"no_number", "x\r\nhello\r\n", "InvalidRequest"},
                    BadBody{"empty_number", ";a=b\r\nhello\r\n", "InvalidRequest"},
                    BadBody{"negative", "-5\r\nhello\r\n", "InvalidRequest"},
                    BadBody{"overflow", "10000000000000005\r\nhello\r\n", "InvalidRequest"},
                    BadBody{"bare_newline", "5\nhello\n", "InvalidRequest"},
                    BadBody{"too_short_a_size", "4\r\nhello\r\n", "InvalidRequest"},
                    BadBody{"more_than_declared", "6\r\nhello!\r\n", "IncompleteBody"},
                    BadBody{"less_than_declared", "4\r\nhell\r\n0\r\n\r\n", "IncompleteBody"},
                    BadBody{"after_the_end", "5\r\nhello\r\n0\r\n\r\nmore", "InvalidRequest"},
                    BadBody{"endless_line", std::string(aws_chunked_line_bytes_max + 1, '0'),
                            "InvalidRequest"},
                    BadBody{"no_header", "5\r\nhello\r\n0\r\nnonsense\r\n\r\n", "InvalidRequest"},
                    BadBody{"endless_trailer",
                            "5\r\nhello\r\n0\r\n" +
                                [] {
                                    std::string lines;
                                    for (int i = 0; i < 1000; ++i) {
                                        lines += "a:bcd\r\n";
                                    }
                                    return lines;
                                }(),
                            "InvalidRequest"}),
    [](const auto& each) { return each.param.name; });

TEST(AwsChunked, SignedBodyWithoutSignaturesIsRefused) {
    const SigningKey key(example_secret, example_scope);
    AwsChunkedDecoder decoder(PayloadKind::streaming_signed, 5,
                              ChunkSigner(key, Time{}, std::string(seed)));
    EXPECT_EQ(decode(std::move(decoder), "5\r\nhello\r\n0\r\n\r\n", 100).code, "InvalidRequest");
}

}  // namespace
}  // namespace slipway::s3
