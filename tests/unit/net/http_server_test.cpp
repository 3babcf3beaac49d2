// SPDX-License-Identifier: Apache-2.0
#include "net/http_server.h"

#include "support/raw_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <unistd.h>

namespace slipway::net {
namespace {

using namespace std::chrono_literals;
using test::RawClient;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// A reader that brings `pieces` pieces of `piece` and then ends, without knowing its size.
class PiecesReader final : public BodyReader {
  public:
    PiecesReader(std::string piece, int pieces) : piece_(std::move(piece)), left_(pieces) {}
    Task<Chunk> read() override {
        if (left_ == 0) {
            co_return Chunk();
        }
        --left_;
        co_return Chunk::copy_of(piece_);
    }
    std::optional<std::uint64_t> size() const override { return std::nullopt; }

  private:
    std::string piece_;
    int left_;
};

std::shared_ptr<OpenFile> temporary_file(std::string_view content) {
    char name[] = "/tmp/slipway-net-test-XXXXXX";
    const int fd = ::mkstemp(name);
    ::unlink(name);
    EXPECT_EQ(::write(fd, content.data(), content.size()), static_cast<ssize_t>(content.size()));
    return std::make_shared<OpenFile>(fd);
}

/// Pieces of two files, and bytes in memory between them and at the end.
class SegmentsReader final : public BodyReader {
  public:
    Task<Chunk> read() override {
        ++step_;
        if (step_ == 2) {
            co_return Chunk::copy_of("-memory-");
        }
        co_return step_ == 4 ? Chunk::copy_of(".") : Chunk();
    }
    Result<std::optional<FileSlice>> next_slice() override {
        if (step_ == 0) {
            ++step_;
            return FileSlice{temporary_file("xxone"), 2, 3};
        }
        if (step_ == 2) {
            ++step_;
            return FileSlice{temporary_file("xthree"), 1, 5};
        }
        return std::nullopt;
    }
    std::optional<std::uint64_t> size() const override { return 17; }

  private:
    int step_ = 0;
};

/// Answers by path; what it saw is kept for the test.
class TestHandler final : public http::Handler {
  public:
    Async<http::Response> handle(const http::Request& request, BodyReader& body) override {
        http::Response response;
        if (request.path() == "/echo") {
            auto text = co_await read_all(body, 1 << 20);
            if (!text) {
                last_error = text.error().kind;
                errors.fetch_add(1);
                response.status = 400;
                response.body = text.error().message;
                co_return response;
            }
            response.body = *std::move(text);
        } else if (request.path() == "/count") {
            std::uint64_t size = 0;
            while (true) {
                auto chunk = co_await body.read();
                if (!chunk) {
                    last_error = chunk.error().kind;
                    errors.fetch_add(1);
                    break;
                }
                if (chunk->empty()) {
                    break;
                }
                size += chunk->size();
            }
            response.body = std::to_string(size);
        } else if (request.path() == "/pieces") {
            response.body = std::make_unique<PiecesReader>("0123456789", 3);
        } else if (request.path() == "/file") {
            response.body = FileSlice{temporary_file("the whole content of a file"), 4, 13};
        } else if (request.path() == "/segments") {
            response.body = std::make_unique<SegmentsReader>();
        } else if (request.path() == "/refuse") {
            response.status = 403;
            response.body = std::string("no");
        } else if (request.path() == "/wait") {
            waiting.fetch_add(1);
            while (!released) {
                boost::asio::basic_waitable_timer<
                    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                    IoExecutor>
                    timer(co_await this_executor(), 5ms);
                co_await timer.async_wait(as_tuple);
            }
            response.body = std::string("released");
        } else {
            response.body = "hello " + std::string(request.target);
        }
        co_return response;
    }

    std::atomic<int> errors{0};
    std::atomic<ErrorKind> last_error{ErrorKind::internal};
    std::atomic<int> waiting{0};
    std::atomic<bool> released{false};
};

class HttpServerTest : public ::testing::Test {
  protected:
    void start(HttpServerLimits limits = {}) {
        server = std::make_unique<HttpServer>(threads, handler, pool, "test", limits);
        threads.start();
        const auto result = server->listen("127.0.0.1:0");
        ASSERT_TRUE(result) << result.error().message;
        port = *result;
    }

    template <class Condition>
    static bool eventually(Condition holds) {
        for (int i = 0; i < 1000; ++i) {
            if (holds()) {
                return true;
            }
            ::usleep(5000);
        }
        return false;
    }

    TestHandler handler;
    ChunkPool pool;
    IoThreads threads{2};
    std::unique_ptr<HttpServer> server;
    std::uint16_t port = 0;
};

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
    start();
    RawClient client(port);
    for (int i = 0; i < 3; ++i) {
        client.send("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto answer = client.read_answer();
        EXPECT_THAT(answer.head, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
        EXPECT_THAT(answer.head, HasSubstr("Server: test\r\n"));
        EXPECT_THAT(answer.head, Not(HasSubstr("Connection:")));
        EXPECT_EQ(answer.body, "hello /a?b=c");
    }
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
    start();
    RawClient client(port);
    client.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
        "GET /two HTTP/1.1\r\nHost: x\r\n\r\n"
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2\r\nth\r\n3\r\nree\r\n0\r\n\r\n"
        "GET /four HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "one");
    EXPECT_EQ(client.read_answer().body, "hello /two");
    EXPECT_EQ(client.read_answer().body, "three");
    EXPECT_EQ(client.read_answer().body, "hello /four");
}

TEST_F(HttpServerTest, TakesARequestByteByByte) {
    start();
    RawClient client(port);
    for (const char byte :
         std::string("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                     "chunked\r\n\r\n5;ext=1\r\nhello\r\n0\r\nTrailer: x\r\n\r\n")) {
        client.send(std::string_view(&byte, 1));
        ::usleep(200);
    }
    EXPECT_EQ(client.read_answer().body, "hello");
}

TEST_F(HttpServerTest, StreamsALargeBodyThroughASmallPool) {
    start();
    RawClient client(port);
    const std::string piece(1 << 20, 'x');
    client.send("PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 67108864\r\n\r\n");
    for (int i = 0; i < 64; ++i) {
        ASSERT_TRUE(client.send(piece));
    }
    EXPECT_EQ(client.read_answer().body, "67108864");
    EXPECT_EQ(pool.chunks_in_use(), 0U);
}

TEST_F(HttpServerTest, SendsContinueOnlyWhenTheBodyIsWanted) {
    start();
    RawClient client(port);
    client.send(
        "PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("ab");
    EXPECT_EQ(client.read_answer().body, "2");

    client.send(
        "PUT /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    const auto refused = client.read_answer();
    EXPECT_EQ(refused.status(), 403);
    EXPECT_THAT(refused.head, HasSubstr("Connection: close"));
    EXPECT_EQ(client.read_to_end(), "");
}

/// botocore takes a final answer without an interim one for that to the next request as well.
TEST_F(HttpServerTest, SendsContinueOrClosesForAnEmptyBodyToo) {
    start();
    RawClient client(port);
    client.send(
        "PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "0");

    client.send(
        "PUT /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n");
    const auto refused = client.read_answer();
    EXPECT_EQ(refused.status(), 403);
    EXPECT_THAT(refused.head, HasSubstr("Connection: close"));
}

TEST_F(HttpServerTest, DropsASmallUnreadBodyAndGoesOn) {
    start();
    RawClient client(port);
    client.send("PUT /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde");
    EXPECT_EQ(client.read_answer().status(), 403);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.read_answer().status(), 200);
}

TEST_F(HttpServerTest, ClosesAfterALargeUnreadBodyAndTheClientSeesTheAnswer) {
    start();
    RawClient client(port);
    client.send("PUT /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n");
    client.send(std::string(1 << 20, 'x'));
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.status(), 403);
    EXPECT_THAT(answer.head, HasSubstr("Connection: close"));
}

TEST_F(HttpServerTest, TellsTheHandlerOfACutBody) {
    start();
    {
        RawClient client(port);
        client.send("PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    }
    EXPECT_TRUE(eventually([this] { return handler.errors == 1; }));
    EXPECT_EQ(handler.last_error, ErrorKind::cancelled);
    EXPECT_TRUE(eventually([this] { return server->connections() == 0; }));
}

TEST_F(HttpServerTest, RefusesWhatIsNotHttp) {
    start();
    for (const std::string_view bad : {
             "nonsense\r\n\r\n",
             "GET / HTTP/1.1\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
             "GET x HTTP/1.1\r\nHost: a\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: "
             "chunked\r\n\r\n",
         }) {
        RawClient client(port);
        client.send(bad);
        EXPECT_EQ(client.read_answer().status(), 400) << bad;
        EXPECT_EQ(client.read_to_end(), "");
    }
    RawClient old(port);
    old.send("GET / HTTP/2.0\r\nHost: a\r\n\r\n");
    EXPECT_EQ(old.read_answer().status(), 505);
    RawClient coded(port);
    coded.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n");
    EXPECT_EQ(coded.read_answer().status(), 501);
}

TEST_F(HttpServerTest, RefusesMalformedChunks) {
    start();
    RawClient client(port);
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    EXPECT_EQ(client.read_answer().status(), 400);
    EXPECT_EQ(handler.last_error, ErrorKind::invalid_argument);
}

TEST_F(HttpServerTest, LimitsTheHeaders) {
    HttpServerLimits limits;
    limits.header_bytes_max = 1000;
    start(limits);
    RawClient client(port);
    client.send("GET / HTTP/1.1\r\nHost: x\r\nLong: " + std::string(2000, 'a'));
    EXPECT_EQ(client.read_answer().status(), 431);
    RawClient whole(port);
    whole.send("GET / HTTP/1.1\r\nHost: x\r\nLong: " + std::string(2000, 'a') + "\r\n\r\n");
    EXPECT_EQ(whole.read_answer().status(), 431);
}

TEST_F(HttpServerTest, DoesNotWaitForTheEndOfATlsHello) {
    start();
    RawClient client(port);
    client.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9));
    EXPECT_EQ(client.read_answer().status(), 400);
    EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(HttpServerTest, EndsSlowHeadersAlthoughBytesKeepComing) {
    HttpServerLimits limits;
    limits.header_time_max = 600ms;
    start(limits);
    RawClient client(port);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 40 && server->connections() > 0; ++i) {
        if (!client.send("A: b\r\n")) {
            break;
        }
        ::usleep(50'000);
    }
    EXPECT_EQ(client.read_answer().status(), 408);
}

TEST_F(HttpServerTest, ClosesIdleConnections) {
    HttpServerLimits limits;
    limits.idle_time_max = 300ms;
    start(limits);
    RawClient client(port);
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_TRUE(eventually([this] { return server->connections() == 0; }));
}

TEST_F(HttpServerTest, EndsAStalledBody) {
    HttpServerLimits limits;
    limits.body_stall_time_max = 300ms;
    start(limits);
    RawClient client(port);
    client.send("PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    EXPECT_TRUE(eventually([this] { return handler.errors == 1; }));
    EXPECT_EQ(handler.last_error, ErrorKind::timeout);
}

TEST_F(HttpServerTest, EndsABodyThatDripsBelowTheMinimumRate) {
    HttpServerLimits limits;
    limits.body_rate_grace = 1000ms;
    limits.body_rate_min = 1000;
    start(limits);
    RawClient client(port);
    client.send("PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    for (int i = 0; i < 60 && handler.errors == 0; ++i) {
        client.send("a");
        ::usleep(50'000);
    }
    EXPECT_EQ(handler.errors, 1);
    EXPECT_EQ(handler.last_error, ErrorKind::timeout);
}

TEST_F(HttpServerTest, HoldsNoChunkForWaitingBodies) {
    start();
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 300; ++i) {  // more than the pool has chunks
        clients.push_back(std::make_unique<RawClient>(port));
        clients.back()->send(
            "PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n0123456789");
    }
    EXPECT_TRUE(eventually([this] { return server->connections() == 300; }));
    RawClient other(port);
    other.send("PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd");
    EXPECT_EQ(other.read_answer().body, "4");
    EXPECT_EQ(pool.chunks_in_use(), 0U);
    for (auto& client : clients) {
        client->send("0123456789");
        EXPECT_EQ(client->read_answer().body, "20");
    }
}

TEST_F(HttpServerTest, SendsPiecesChunkedOrUntilTheEnd) {
    start();
    RawClient client(port);
    client.send("GET /pieces HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = client.read_until("\r\n0\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_THAT(
        answer,
        EndsWith("\r\n\r\na\r\n0123456789\r\na\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"));
    RawClient old(port);
    old.send("GET /pieces HTTP/1.0\r\n\r\n");
    EXPECT_THAT(old.read_to_end(), EndsWith("\r\n\r\n012345678901234567890123456789"));
}

TEST_F(HttpServerTest, SendsAPieceOfAFile) {
    start();
    RawClient client(port);
    client.send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "whole content");
}

TEST_F(HttpServerTest, SendsPiecesOfFilesAndOfMemoryInTurn) {
    start();
    RawClient client(port);
    client.send("GET /segments HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "one-memory-three.");
    EXPECT_EQ(client.read_answer().body, "hello /next");
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
    start();
    RawClient client(port);
    client.send("HEAD /file HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Content-Length: 13\r\n"));
    EXPECT_EQ(client.read_answer().body, "hello /next");
}

TEST_F(HttpServerTest, KeepsHttp10OnlyWhenAsked) {
    start();
    RawClient once(port);
    once.send("GET / HTTP/1.0\r\n\r\n");
    EXPECT_THAT(once.read_to_end(), HasSubstr("Connection: close"));
    RawClient kept(port);
    for (int i = 0; i < 2; ++i) {
        kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        EXPECT_THAT(kept.read_answer().head, HasSubstr("Connection: keep-alive"));
    }
}

TEST_F(HttpServerTest, TakesTheAbsoluteForm) {
    start();
    RawClient client(port);
    client.send("GET http://example.com/a?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "hello /a?b");
}

TEST_F(HttpServerTest, RefusesConnectionsOverTheLimit) {
    HttpServerLimits limits;
    limits.connections_max = 2;
    start(limits);
    RawClient first(port);
    RawClient second(port);
    EXPECT_TRUE(eventually([this] { return server->connections() == 2; }));
    RawClient third(port);
    EXPECT_EQ(third.read_to_end(), "");
    first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(first.read_answer().status(), 200);
}

TEST_F(HttpServerTest, DrainsLetsRunningRequestsFinishAndClosesIdleOnes) {
    start();
    RawClient idle(port);
    RawClient running(port);
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    idle.read_answer();
    running.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(eventually([this] { return handler.waiting == 1; }));
    std::jthread drainer([this] { server->drain(10s); });
    EXPECT_EQ(idle.read_to_end(), "");
    handler.released = true;
    const auto answer = running.read_answer();
    EXPECT_EQ(answer.body, "released");
    EXPECT_THAT(answer.head, HasSubstr("Connection: close"));
    drainer.join();
    EXPECT_EQ(server->connections(), 0U);
}

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
    start();
    HttpServer other(threads, handler, pool, "other");
    const auto taken = other.listen("127.0.0.1:" + std::to_string(port));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(taken.error().message, HasSubstr(std::to_string(port)));
    EXPECT_EQ(other.listen("nowhere").error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(other.listen("127.0.0.1:99999").error().kind, ErrorKind::invalid_argument);
}

}  // namespace
}  // namespace slipway::net
