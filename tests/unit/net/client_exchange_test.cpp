// SPDX-License-Identifier: Apache-2.0
#include "net/client_exchange.h"

#include "unit/net/test_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <netinet/tcp.h>
#include <string>
#include <vector>

namespace slipway::net {
namespace {

using test::TestClient;
using test::TestConnection;
using test::TestServer;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::size_t more_than_sockets_hold = 64 << 20;

/// Counts what is asked of it.
class CountingReader final : public BodyReader {
  public:
    CountingReader(std::string bytes, int& reads) : reader_(std::move(bytes)), reads_(reads) {}
    Task<Chunk> read() override {
        ++reads_;
        return reader_.read();
    }
    std::optional<std::uint64_t> size() const override { return reader_.size(); }

  private:
    MemoryBodyReader reader_;
    int& reads_;
};

/// Closes with a reset, as a crashed server does.
void reset(TestConnection& connection) {
    const linger now{1, 0};
    ::setsockopt(connection.fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

// --- what goes over the wire --------------------------------------------------------------------

TEST(Exchange, SendsHeadAndBodyAsTheyAre) {
    std::string seen;
    const TestServer server([&seen](TestConnection& connection, int) {
        seen = connection.read_request();
        connection.answer(200, "");
    });
    TestClient client;
    ClientRequest request;
    request.origin = server.origin();
    request.method = http::Method::put;
    request.target = "/b/k?x";
    request.headers.add("X-Own", "1");
    request.body = std::string("body");
    ASSERT_TRUE(client.send(std::move(request)));
    EXPECT_EQ(seen, "PUT /b/k?x HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                        "\r\nX-Own: 1\r\nContent-Length: 4\r\n\r\nbody");
}

TEST(Exchange, SendsHeldChunksOfABody) {
    std::string seen;
    const TestServer server([&seen](TestConnection& connection, int) {
        const std::string request = connection.read_request();
        seen = request.substr(request.find("\r\n\r\n") + 4);
        connection.answer(200, "");
    });
    std::vector<Chunk> chunks;
    std::string whole;
    for (std::size_t i = 0; i < 50; ++i) {  // more than go into one system call
        const std::string piece(i * 3001, static_cast<char>('a' + i % 26));
        chunks.push_back(Chunk::copy_of(piece));
        whole += piece;
    }
    TestClient client;
    ASSERT_TRUE(client.put(server.origin(), std::make_unique<HeldBodyReader>(chunks)));
    EXPECT_TRUE(seen == whole) << seen.size();
}

TEST(Exchange, PassesOverInterimAnswers) {
    const TestServer server([](TestConnection& connection, int) {
        connection.read_head();
        connection.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
        connection.answer(201, "made", "X-Final: yes\r\n");
        connection.wait_for_end();
    });
    TestClient client;
    const auto answer = client.get(server.origin());
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 201);
    EXPECT_EQ(answer->headers.get("X-Final"), "yes");
}

TEST(Exchange, TakesAnAnswerInAnyPieces) {
    const TestServer server([](TestConnection& connection, int) {
        const int at_once = 1;
        ::setsockopt(connection.fd(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
        while (!connection.read_request().empty()) {
            for (const char c : std::string_view("HTTP/1.1 100 Continue\r\n\r\n"
                                                 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
                                                 "abcde")) {
                connection.send(std::string_view(&c, 1));
            }
        }
    });
    TestClient client;
    for (int i = 0; i < 20; ++i) {
        const auto answer = client.get(server.origin());
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body, "abcde");
    }
    EXPECT_EQ(server.connections(), 1);
}

TEST(Exchange, RefusesWhatIsNotHttp) {
    const TestServer server([](TestConnection& connection, int) {
        connection.read_request();
        connection.send("SSH-2.0-A1 server\r\n\r\n");
        connection.wait_for_end();
    });
    TestClient client;
    const auto answer = client.get(server.origin());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::corrupted);
    EXPECT_THAT(answer.error().message, HasSubstr("http://127.0.0.1:"));
}

// --- an answer before the body was sent ---------------------------------------------------------

TEST(EarlyAnswer, IsReadWhileTheServerTakesNothingMore) {
    std::promise<void> seen;
    const TestServer server([until = seen.get_future().share()](TestConnection& connection, int n) {
        connection.read_head();
        connection.answer(503, n == 0 ? "slow down" : "fresh", "Retry-After: 7\r\n");
        until.wait();  // without reading on or closing
    });
    TestClient client;
    const auto answer = client.put(server.origin(), std::string(more_than_sockets_hold, 'b'));
    const auto next = client.get(server.origin());
    seen.set_value();
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 503);
    EXPECT_EQ(answer->headers.get("Retry-After"), "7");
    EXPECT_EQ(answer->body, "slow down");
    ASSERT_TRUE(next) << next.error().message;
    EXPECT_EQ(next->body, "fresh") << "the connection is not used again";
}

TEST(EarlyAnswer, IsReadWhenTheServerClosesAtOnce) {
    const TestServer server([](TestConnection& connection, int) {
        connection.read_head();
        connection.answer(403, "no", "Connection: close\r\n");
        connection.read_exactly(1 << 20);  // what is left unread makes the close a reset
    });
    TestClient client;
    int reads = 0;
    const auto answer = client.put(
        server.origin(),
        std::make_unique<CountingReader>(std::string(more_than_sockets_hold, 'b'), reads));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 403);
    EXPECT_EQ(answer->body, "no");
}

TEST(EarlyAnswer, IsNotMistakenForAnInterimOne) {
    std::size_t received = 0;
    const TestServer server([&received](TestConnection& connection, int) {
        connection.read_head();
        connection.send("HTTP/1.1 100 Contin");
        connection.read_exactly(1 << 20);
        connection.send("ue\r\n\r\n");
        received = (1 << 20) + connection.read_exactly(more_than_sockets_hold - (1 << 20)).size();
        connection.answer(200, "all of it");
    });
    TestClient client;
    const auto answer = client.put(server.origin(), std::string(more_than_sockets_hold, 'b'));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "all of it");
    EXPECT_EQ(received, more_than_sockets_hold);
}

TEST(EarlyAnswer, AClosedConnectionIsAnErrorAtOnce) {
    const TestServer server([](TestConnection& connection, int) {
        connection.read_head();
        reset(connection);
    });
    TestClient client;
    const auto answer = client.put(server.origin(), std::string(more_than_sockets_hold, 'b'));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(answer.error().message, HasSubstr(std::to_string(server.port())));
    EXPECT_EQ(server.connections(), 1) << "a fresh connection that was lost is not tried again";
}

// --- kept-alive connections ---------------------------------------------------------------------

TEST(Reuse, ABodyFromAReaderGoesOverAKeptConnection) {
    const TestServer server([](TestConnection& connection, int) { connection.answer_all("kept"); });
    TestClient client;
    int reads = 0;
    for (int i = 0; i < 5; ++i) {
        const auto answer = client.put(
            server.origin(), std::make_unique<CountingReader>(std::string(300'000, 'r'), reads));
        ASSERT_TRUE(answer) << answer.error().message;
    }
    EXPECT_EQ(server.connections(), 1);
}

/// Answers one request a connection, and closes it without having said so.
void answer_once(TestConnection& connection, int number) {
    connection.read_request();
    connection.answer(200, std::to_string(number));
}

TEST(Reuse, AConnectionThatWasClosedIsNoticedBeforeUse) {
    const TestServer server(answer_once);
    TestClient client;
    for (int i = 0; i < 5; ++i) {
        int reads = 0;
        const auto answer = client.put(
            server.origin(), std::make_unique<CountingReader>(std::string(1000, 'r'), reads));
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body, std::to_string(i));
        server.wait_for_closed(i + 1);
    }
}

TEST(Reuse, WhatNobodyAskedForIsNotTakenForTheNextAnswer) {
    std::promise<void> asked;
    std::promise<void> sent;
    const TestServer server([&](TestConnection& connection, int number) {
        connection.read_request();
        connection.answer(200, std::to_string(number));
        if (number == 0) {
            asked.get_future().wait();
            connection.answer(200, "nobody asked");
            sent.set_value();
        }
        connection.wait_for_end();
    });
    TestClient client;
    EXPECT_EQ(client.get(server.origin())->body, "0");
    asked.set_value();
    sent.get_future().wait();
    EXPECT_EQ(client.get(server.origin())->body, "1");
}

/// Serves the first request of a connection and drops the second, when its head is there.
void drop_the_second(TestConnection& connection, int number) {
    connection.read_request();
    connection.answer(200, std::to_string(number));
    if (number == 0) {
        connection.read_head();
        return;
    }
    connection.answer_all("later");
}

TEST(Reuse, ALostRequestIsRepeatedOnAFreshConnection) {
    std::vector<Chunk> chunks;
    chunks.push_back(Chunk::copy_of("held"));
    Body bodies[] = {std::string("text"), StaticBytes{"static"},
                     std::make_unique<HeldBodyReader>(chunks)};
    for (Body& body : bodies) {
        const TestServer server(drop_the_second);
        TestClient client;
        ASSERT_EQ(client.get(server.origin())->body, "0");
        const auto answer = client.put(server.origin(), std::move(body));
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body, "1");
    }
}

TEST(Reuse, ALostRequestIsNotRepeatedOnceItsReaderWasAsked) {
    const TestServer server(drop_the_second);
    TestClient client;
    ASSERT_EQ(client.get(server.origin())->body, "0");
    int reads = 0;
    const auto answer = client.put(server.origin(),
                                   std::make_unique<CountingReader>(std::string(1000, 'r'), reads));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
    EXPECT_GT(reads, 0);
    EXPECT_EQ(server.connections(), 1);
}

TEST(Reuse, ALostRequestIsNotRepeatedWhenTwiceIsNotOnce) {
    for (const bool post : {true, false}) {
        const TestServer server(drop_the_second);
        TestClient client;
        ASSERT_EQ(client.get(server.origin())->body, "0");
        ClientRequest request;
        request.origin = server.origin();
        request.method = post ? http::Method::post : http::Method::put;
        if (!post) {
            request.headers.add("If-None-Match", "*");
        }
        request.target = "/";
        const auto answer = client.send(std::move(request));
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
        EXPECT_EQ(server.connections(), 1);
    }
}

TEST(Reuse, AnAnswerThatBrokeOffIsNotAskedForAgain) {
    const TestServer server([](TestConnection& connection, int) {
        connection.read_request();
        connection.answer(200, "first");
        connection.read_request();
        connection.send("HTTP/1.1 200 O");
    });
    TestClient client;
    ASSERT_TRUE(client.get(server.origin()));
    const auto answer = client.get(server.origin());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(server.connections(), 1);
}

}  // namespace
}  // namespace slipway::net
