// SPDX-License-Identifier: Apache-2.0
#include "net/connector.h"

#include "unit/net/test_certificates.h"
#include "unit/net/test_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <poll.h>
#include <string>
#include <vector>

namespace slipway::net {
namespace {

using test::TestClient;
using test::TestConnection;
using test::TestServer;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

int connect_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return fd;
}

/// Carries bytes both ways until one side closes.
void carry(int a, int b) {
    char buffer[16384];
    while (true) {
        pollfd both[2] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
        ::poll(both, 2, -1);
        for (const auto& [from, to] : {std::pair(0, 1), std::pair(1, 0)}) {
            if (both[from].revents == 0) {
                continue;
            }
            const auto count = ::recv(both[from].fd, buffer, sizeof buffer, 0);
            if (count <= 0 || ::send(both[to].fd, buffer, static_cast<std::size_t>(count),
                                     MSG_NOSIGNAL) != count) {
                return;
            }
        }
    }
}

/// A proxy of either kind; keeps the heads it was sent.
class TestProxy {
  public:
    /// `status` other than 200 is what it answers to everything.
    explicit TestProxy(int status = 200, std::uint16_t behind = 0)
        : status_(status), behind_(behind) {}

    std::string url(const std::string& user = "") const {
        return "http://" + user + "127.0.0.1:" + std::to_string(server_.port());
    }
    std::vector<std::string> heads() {
        const std::lock_guard lock(mutex_);
        return heads_;
    }
    int connections() const { return server_.connections(); }

  private:
    void serve(TestConnection& connection) {
        while (true) {
            const std::string head = connection.read_request();
            if (head.empty()) {
                return;
            }
            {
                const std::lock_guard lock(mutex_);
                heads_.push_back(head);
            }
            if (status_ != 200) {
                connection.answer(status_, "refused", "Proxy-Authenticate: Basic\r\n");
            } else if (head.starts_with("CONNECT ")) {
                const int server = connect_to(behind_);
                connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
                carry(connection.fd(), server);
                ::close(server);
                return;
            } else {
                connection.answer(200, "by the proxy");
            }
        }
    }

    int status_;
    std::uint16_t behind_;
    std::mutex mutex_;
    std::vector<std::string> heads_;
    TestServer server_{[this](TestConnection& connection, int) { serve(connection); }};
};

TEST(HttpProxy, TakesRequestsOfAllPlainOriginsInAbsoluteForm) {
    TestProxy proxy;
    HttpClient::Options options;
    options.proxies.http = proxy.url("me:secret@");
    TestClient client(std::move(options));
    for (const char* host : {"a.invalid", "b.invalid"}) {
        const auto answer = client.get(Origin{false, host, 9000}, "/bucket/key?x=y");
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body, "by the proxy");
    }
    const auto heads = proxy.heads();
    ASSERT_THAT(heads, SizeIs(2));
    EXPECT_THAT(heads[0], StartsWith("GET http://a.invalid:9000/bucket/key?x=y HTTP/1.1\r\n"
                                     "Host: a.invalid:9000\r\n"));
    EXPECT_THAT(heads[1], StartsWith("GET http://b.invalid:9000/"));
    // printf me:secret | base64
    EXPECT_THAT(heads, Each(HasSubstr("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n")));
    EXPECT_EQ(proxy.connections(), 1) << "all origins share the connection to the proxy";
}

TEST(HttpProxy, TunnelsTls) {
    const test::TestAuthority authority;
    const auto tls = authority.server("DNS:store.invalid");
    std::string seen;
    const TestServer server(
        [&seen](TestConnection& connection, int) {
            seen = connection.read_request();
            connection.answer(200, "through the tunnel");
            connection.answer_all("again");
        },
        tls.get());
    TestProxy proxy(200, server.port());
    HttpClient::Options options;
    options.ca_file = authority.ca_file();
    options.proxies.https = proxy.url("me:secret@");
    TestClient client(std::move(options));
    const Origin origin{true, "store.invalid", 443};  // a name only the proxy knows
    const auto answer = client.get(origin, "/key");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "through the tunnel");
    EXPECT_THAT(seen, AllOf(StartsWith("GET /key HTTP/1.1\r\nHost: store.invalid\r\n"),
                            Not(HasSubstr("Proxy-"))));
    EXPECT_EQ(client.get(origin)->body, "again");
    const auto heads = proxy.heads();
    ASSERT_THAT(heads, SizeIs(1)) << "a tunnel is kept alive";
    EXPECT_THAT(
        heads[0],
        AllOf(StartsWith("CONNECT store.invalid:443 HTTP/1.1\r\nHost: store.invalid:443\r\n"),
              HasSubstr("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n")));
}

TEST(HttpProxy, VerifiesTheServerBehindTheTunnel) {
    const test::TestAuthority authority;
    const auto tls = authority.server("DNS:another.invalid");
    const TestServer server([](TestConnection&, int) {}, tls.get());
    TestProxy proxy(200, server.port());
    HttpClient::Options options;
    options.ca_file = authority.ca_file();
    options.proxies.https = proxy.url();
    TestClient client(std::move(options));
    const auto answer = client.get(Origin{true, "store.invalid", 443});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "certificate_not_trusted");
}

TEST(HttpProxy, SaysThatTheProxyWantsAPassword) {
    for (const bool tls : {false, true}) {
        TestProxy proxy(407);
        HttpClient::Options options;
        options.proxies.http = proxy.url("me:secret@");
        options.proxies.https = proxy.url();
        TestClient client(std::move(options));
        const auto answer = client.get(Origin{tls, "store.invalid", 9000});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::unauthenticated);
        EXPECT_THAT(answer.error().message,
                    AllOf(HasSubstr("the proxy " + proxy.url()), HasSubstr("store.invalid:9000"),
                          HasSubstr("407"), Not(HasSubstr("secret"))));
    }
}

TEST(HttpProxy, TellsARefusalFromAFailureOfTheMoment) {
    for (const auto& [status, kind] :
         {std::pair(403, ErrorKind::permission_denied), std::pair(502, ErrorKind::unavailable)}) {
        TestProxy proxy(status);
        HttpClient::Options options;
        options.proxies.https = proxy.url();
        TestClient client(std::move(options));
        const auto answer = client.get(Origin{true, "store.invalid", 443});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, kind);
        EXPECT_THAT(answer.error().message, HasSubstr("the proxy " + proxy.url()));
    }
}

TEST(HttpProxy, LeavesOutWhatNoProxyNames) {
    const TestServer server(
        [](TestConnection& connection, int) { connection.answer_all("direct"); });
    TestProxy proxy;
    HttpClient::Options options;
    options.proxies.http = proxy.url();
    options.proxies.no_proxy = "127.0.0.0/8";
    TestClient client(std::move(options));
    EXPECT_EQ(client.get(server.origin())->body, "direct");
    EXPECT_EQ(proxy.connections(), 0);
}

TEST(HttpProxy, IsNotAskedForWhatGoesDirect) {
    const TestServer server(
        [](TestConnection& connection, int) { connection.answer_all("direct"); });
    TestProxy proxy;
    for (const std::string& url : {proxy.url(), std::string("socks5://127.0.0.1:1080")}) {
        HttpClient::Options options;
        options.proxies.http = url;
        TestClient client(std::move(options));
        ClientRequest request;
        request.origin = server.origin();
        request.target = "/";
        request.direct = true;
        const auto answer = client.send(std::move(request));
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body, "direct");
    }
    EXPECT_EQ(proxy.connections(), 0);
}

TEST(HttpProxy, NamesAProxyThatIsAway) {
    const std::uint16_t closed = TestServer([](TestConnection&, int) {}).port();
    HttpClient::Options options;
    options.proxies.http = "http://me:secret@127.0.0.1:" + std::to_string(closed);
    TestClient client(std::move(options));
    const auto answer = client.get(Origin{false, "store.invalid", 80});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(answer.error().message,
                AllOf(HasSubstr("the proxy http://127.0.0.1:" + std::to_string(closed)),
                      HasSubstr("refused"), Not(HasSubstr("secret"))));
}

TEST(HttpProxy, RefusesAProxyItCannotRead) {
    HttpClient::Options options;
    options.proxies.https = "socks5://127.0.0.1:1080";
    TestClient client(std::move(options));
    const auto answer = client.get(Origin{true, "store.invalid", 443});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::unsupported);
    EXPECT_THAT(answer.error().message, HasSubstr("socks5"));
}

}  // namespace
}  // namespace slipway::net
