// SPDX-License-Identifier: Apache-2.0
#include "net/http_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace slipway::net {
namespace {

TEST(FindHeadEnd, FindsTheBlankLineHoweverTheBytesCome) {
    const std::string head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    for (std::size_t have = 0; have < head.size(); ++have) {
        EXPECT_EQ(find_head_end(head.substr(0, have), 0), 0U);
        EXPECT_EQ(find_head_end(head + "body", have), head.size()) << have;
    }
}

TEST(ParseRequestHead, ReadsWhatTheConnectionNeeds) {
    const auto head = parse_request_head(
        "PUT /b/k%20x?partNumber=1 HTTP/1.1\r\nHost: s3\r\nContent-Length: 12\r\n"
        "Expect: 100-Continue\r\nConnection: close\r\n\r\n");
    ASSERT_TRUE(head) << head.error().message;
    EXPECT_EQ(head->request.method, http::Method::put);
    EXPECT_EQ(head->request.path(), "/b/k%20x");
    EXPECT_EQ(head->request.query(), "partNumber=1");
    EXPECT_EQ(head->request.content_length, 12U);
    EXPECT_TRUE(head->expects_continue);
    EXPECT_FALSE(head->keep_alive);
}

TEST(ParseRequestHead, KeepsUnknownMethodsForTheRouter) {
    const auto head = parse_request_head("PROPFIND / HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(head) << head.error().message;
    EXPECT_EQ(head->request.method, http::Method::other);
}

TEST(ParseResponseHead, KnowsWhereABodyEnds) {
    const auto sized = parse_response_head("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false);
    EXPECT_EQ(sized->content_length, 5U);
    const auto of_head = parse_response_head("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true);
    EXPECT_EQ(of_head->content_length, 0U);
    const auto chunked =
        parse_response_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false);
    EXPECT_TRUE(chunked->chunked);
    const auto until_close = parse_response_head("HTTP/1.1 200 OK\r\n\r\n", false);
    EXPECT_FALSE(until_close->content_length);
    EXPECT_FALSE(until_close->keep_alive);
    const auto no_content = parse_response_head("HTTP/1.1 204 No Content\r\n\r\n", false);
    EXPECT_EQ(no_content->content_length, 0U);
    EXPECT_FALSE(parse_response_head("SSH-2.0-OpenSSH\r\n\r\n", false));
}

TEST(ChunkedDecoder, DecodesWhateverTheCut) {
    const std::string coded =
        "4;name=value\r\nWiki\r\n6\r\npedia \r\nB\r\nin chunks.\n\r\n0\r\nA: b\r\n\r\n";
    for (std::size_t piece = 1; piece <= coded.size(); ++piece) {
        ChunkedDecoder decoder;
        std::string input;
        std::string decoded;
        for (std::size_t at = 0; at < coded.size(); at += piece) {
            input += coded.substr(at, piece);
            const auto used = decoder.decode(input, decoded);
            ASSERT_TRUE(used) << used.error().message;
            input.erase(0, *used);
        }
        EXPECT_EQ(decoded, "Wikipedia in chunks.\n") << piece;
        EXPECT_TRUE(decoder.done()) << piece;
        EXPECT_EQ(input, "");
    }
}

TEST(ChunkedDecoder, AnEmptyBodyMayComeByteByByte) {
    ChunkedDecoder decoder;
    std::string input;
    std::string decoded;
    for (const char c : std::string_view("0\r\n\r\n")) {
        EXPECT_FALSE(decoder.done());
        input += c;
        const auto used = decoder.decode(input, decoded);
        ASSERT_TRUE(used) << used.error().message;
        input.erase(0, *used);
    }
    EXPECT_TRUE(decoder.done());
    EXPECT_EQ(decoded, "");
}

TEST(ChunkedDecoder, LeavesWhatFollows) {
    ChunkedDecoder decoder;
    std::string decoded;
    const std::string input = "1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n";
    const auto used = decoder.decode(input, decoded);
    ASSERT_TRUE(used);
    EXPECT_EQ(input.substr(*used), "GET / HTTP/1.1\r\n");
}

TEST(ChunkedDecoder, RefusesWhatIsNoChunk) {
    for (const char* bad :
         {"x\r\n\r\n", "-1\r\n\r\n", "1\r\nabc\r\n", "fffffffffffffffff\r\n\r\n"}) {
        ChunkedDecoder decoder;
        std::string decoded;
        EXPECT_FALSE(decoder.decode(bad, decoded)) << bad;
    }
}

}  // namespace
}  // namespace slipway::net
