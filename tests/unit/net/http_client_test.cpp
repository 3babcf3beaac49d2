// SPDX-License-Identifier: Apache-2.0
#include "net/http_client.h"

#include "net/http_server.h"
#include "support/run_on.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace slipway::net {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class ScriptedHandler final : public http::Handler {
  public:
    Async<http::Response> handle(const http::Request& request, BodyReader& body) override {
        peers.push_back(request.peer);
        http::Response response;
        if (request.path() == "/silent") {
            boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                              boost::asio::wait_traits<std::chrono::steady_clock>,
                                              IoExecutor>
                timer(co_await this_executor(), 2s);
            co_await timer.async_wait(as_tuple);
        }
        if (request.path() == "/stream") {
            response.body = std::make_unique<Unsized>();
            co_return response;
        }
        auto text = co_await read_all(body, 64 << 20);
        response.headers.add("X-Host", std::string(request.headers.get("Host")));
        response.body = std::string(http::to_string(request.method)) + " " + request.target + " " +
                        std::to_string(text.value_or("").size());
        co_return response;
    }

    struct Unsized final : BodyReader {
        int left = 100;
        Task<Chunk> read() override {
            if (left-- == 0) {
                co_return Chunk();
            }
            co_return Chunk::copy_of(std::string(10'000, 'u'));
        }
        std::optional<std::uint64_t> size() const override { return std::nullopt; }
    };

    std::vector<std::string> peers;  // read after the answers came
};

class HttpClientTest : public ::testing::Test {
  protected:
    void SetUp() override {
        threads.start();
        origin.host = "127.0.0.1";
        origin.port = *server->listen("127.0.0.1:0");
    }
    void TearDown() override {
        server.reset();
        threads.stop();
    }

    struct Answer {
        int status = 0;
        std::string body;
        std::string host;
    };

    Result<Answer> send(http::Method method, std::string target, Body body = std::string()) {
        ClientRequest request;
        request.origin = origin;
        request.method = method;
        request.target = std::move(target);
        request.body = std::move(body);
        request.answer_time_max = 500ms;
        return test::run_on(threads.loop(0), exchange(client, std::move(request)));
    }

    static Task<Answer> exchange(HttpClient& client, ClientRequest request) {
        SLIPWAY_CO_TRY(response, co_await client.send(std::move(request)));
        SLIPWAY_CO_TRY(text, co_await read_all(*response.body, 64 << 20));
        Answer answer;
        answer.status = response.status;
        answer.body = std::move(text);
        answer.host = std::string(response.headers.get("X-Host"));
        co_return answer;
    }

    ScriptedHandler handler;
    ChunkPool pool;
    IoThreads threads{1};
    HttpClient client{threads, HttpClient::Options()};
    std::unique_ptr<HttpServer> server =
        std::make_unique<HttpServer>(threads, handler, pool, "test");
    Origin origin;
};

TEST_F(HttpClientTest, SendsAndReadsAnAnswer) {
    const auto answer = send(http::Method::put, "/a/b?c=d", std::string("hello"));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "PUT /a/b?c=d 5");
    EXPECT_EQ(answer->host, "127.0.0.1:" + std::to_string(origin.port));
}

TEST_F(HttpClientTest, UsesAConnectionAgain) {
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(send(http::Method::get, "/"));
    }
    EXPECT_THAT(handler.peers, ::testing::Each(handler.peers.front()));
}

TEST_F(HttpClientTest, ReadsAnAnswerOfUnknownSize) {
    const auto answer = send(http::Method::get, "/stream");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body.size(), 1'000'000U);
    ASSERT_TRUE(send(http::Method::get, "/"));
    EXPECT_EQ(handler.peers[0], handler.peers[1]);
}

TEST_F(HttpClientTest, StreamsABodyFromAReader) {
    auto reader = std::make_unique<MemoryBodyReader>(std::string(10 << 20, 'r'));
    const auto answer = send(http::Method::put, "/", Body(std::move(reader)));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "PUT / 10485760");
}

/// Brings some bytes and then fails as a body does whose sender went away.
class BrokenReader final : public BodyReader {
  public:
    Task<Chunk> read() override {
        if (!started_) {
            started_ = true;
            co_return Chunk::copy_of("some bytes");
        }
        co_return fail(ErrorKind::cancelled, "the browser went away");
    }
    std::optional<std::uint64_t> size() const override { return 1000; }

  private:
    bool started_ = false;
};

TEST_F(HttpClientTest, DoesNotWaitForAnAnswerWhenTheBodyBroke) {
    const auto answer = send(http::Method::put, "/silent", Body(std::make_unique<BrokenReader>()));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::cancelled);
    EXPECT_EQ(answer.error().message, "the browser went away");
}

TEST_F(HttpClientTest, HeadHasNoBody) {
    const auto answer = send(http::Method::head, "/");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "");
    ASSERT_TRUE(send(http::Method::get, "/"));
}

TEST_F(HttpClientTest, GivesUpOnASilentServer) {
    const auto answer = send(http::Method::get, "/silent");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::timeout);
    EXPECT_THAT(answer.error().message, HasSubstr("http://127.0.0.1:"));
}

TEST_F(HttpClientTest, SaysWhereItCouldNotConnect) {
    server.reset();
    const auto answer = send(http::Method::get, "/");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(answer.error().message, HasSubstr(std::to_string(origin.port)));
}

TEST_F(HttpClientTest, OpensAFreshConnectionWhenTheKeptOneIsGone) {
    ASSERT_TRUE(send(http::Method::get, "/"));
    server->drain(5s);  // closes the kept connection
    server = std::make_unique<HttpServer>(threads, handler, pool, "again");
    ASSERT_TRUE(server->listen("127.0.0.1:" + std::to_string(origin.port)));
    const auto answer = send(http::Method::get, "/again");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "GET /again 0");
}

}  // namespace
}  // namespace slipway::net
