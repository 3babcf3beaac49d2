// SPDX-License-Identifier: Apache-2.0
#include "net/tls_client.h"

#include "unit/net/test_certificates.h"
#include "unit/net/test_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

namespace slipway::net {
namespace {

using test::TestClient;
using test::TestConnection;
using test::TestServer;
using ::testing::AllOf;
using ::testing::HasSubstr;

HttpClient::Options trusting(const test::TestAuthority& authority) {
    HttpClient::Options options;
    options.ca_file = authority.ca_file();
    return options;
}

/// Answers with what TLS agreed on, and closes when told so.
void answer_what_was_agreed(TestConnection& connection, int) {
    const char* name = SSL_get_servername(connection.ssl(), TLSEXT_NAMETYPE_host_name);
    const unsigned char* alpn = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(connection.ssl(), &alpn, &size);
    const std::string agreed = std::string(name == nullptr ? "no name" : name) + " " +
                               std::string(reinterpret_cast<const char*>(alpn), size) + " " +
                               SSL_get_version(connection.ssl()) +
                               (SSL_session_reused(connection.ssl()) == 1 ? " resumed" : " full");
    while (true) {
        const std::string request = connection.read_request();
        if (request.empty()) {
            return;
        }
        const bool close = request.starts_with("GET /close ");
        connection.answer(200, agreed, close ? "Connection: close\r\n" : "");
        if (close) {
            return;
        }
    }
}

class TlsClientTest : public ::testing::Test {
  protected:
    /// The error of a request to a server with a certificate for `names`.
    Error failure(const std::string& names, long seconds_left, const std::string& host) {
        const auto tls = authority.server(names, seconds_left);
        const TestServer server(answer_what_was_agreed, tls.get());
        TestClient client(trusting(authority));
        const auto answer = client.get(Origin{true, host, server.port()});
        return answer ? Error{ErrorKind::internal, "it was trusted", "", 0} : answer.error();
    }

    test::TestAuthority authority;
};

TEST_F(TlsClientTest, SendsTheNameAndAgreesOnHttp) {
    const auto tls = authority.server("DNS:localhost");
    const TestServer server(answer_what_was_agreed, tls.get());
    TestClient client(trusting(authority));
    const auto answer = client.get(Origin{true, "localhost", server.port()});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "localhost http/1.1 TLSv1.3 full");
}

TEST_F(TlsClientTest, VerifiesAnAddressWithoutSendingItAsAName) {
    const auto tls = authority.server("IP:127.0.0.1");
    const TestServer server(answer_what_was_agreed, tls.get());
    TestClient client(trusting(authority));
    const auto answer = client.get(server.origin(true));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_THAT(answer->body, HasSubstr("no name http/1.1"));
}

TEST_F(TlsClientTest, KeepsAConnectionAlive) {
    const auto tls = authority.server("DNS:localhost");
    const TestServer server(answer_what_was_agreed, tls.get());
    TestClient client(trusting(authority));
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(client.get(Origin{true, "localhost", server.port()}));
    }
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(TlsClientTest, ResumesTheSessionOnTheNextConnection) {
    for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
        const auto tls = authority.server("DNS:localhost");
        SSL_CTX_set_max_proto_version(tls.get(), version);
        const TestServer server(answer_what_was_agreed, tls.get());
        TestClient client(trusting(authority));
        const Origin origin{true, "localhost", server.port()};
        ASSERT_THAT(client.get(origin, "/close")->body, HasSubstr(" full"));
        for (int i = 0; i < 5; ++i) {
            const auto again = client.get(origin, "/close");
            ASSERT_TRUE(again) << again.error().message;
            EXPECT_THAT(again->body, HasSubstr(" resumed"));
        }
        EXPECT_EQ(server.connections(), 6);
    }
}

TEST_F(TlsClientTest, ASessionIsOfOneServerAndOneClient) {
    const auto tls = authority.server("DNS:localhost,IP:127.0.0.1");
    const TestServer server(answer_what_was_agreed, tls.get());
    TestClient client(trusting(authority));
    ASSERT_TRUE(client.get(Origin{true, "localhost", server.port()}, "/close"));
    EXPECT_THAT(client.get(server.origin(true), "/close")->body, HasSubstr(" full"));
    TestClient another(trusting(authority));
    EXPECT_THAT(another.get(Origin{true, "localhost", server.port()}, "/close")->body,
                HasSubstr(" full"));
}

TEST_F(TlsClientTest, StartsAnewWhenTheServerForgotTheSession) {
    const auto first_tls = authority.server("DNS:localhost");
    const auto second_tls = authority.server("DNS:localhost");
    TestClient client(trusting(authority));
    // The key of tickets is the context's: the second connection meets another server.
    const TestServer server([&](TestConnection& connection, int number) {
        if (connection.start_tls(number == 0 ? first_tls.get() : second_tls.get())) {
            answer_what_was_agreed(connection, number);
        }
    });
    const Origin origin{true, "localhost", server.port()};
    EXPECT_THAT(client.get(origin, "/close")->body, HasSubstr(" full"));
    EXPECT_THAT(client.get(origin, "/close")->body, HasSubstr(" full"));
    EXPECT_THAT(client.get(origin, "/close")->body, HasSubstr(" resumed"));
}

TEST_F(TlsClientTest, RefusesAnotherName) {
    const Error error = failure("DNS:store.example,DNS:*.store.example", 3600, "localhost");
    EXPECT_EQ(error.kind, ErrorKind::permission_denied);
    EXPECT_EQ(error.code, "certificate_not_trusted");
    EXPECT_THAT(error.message,
                AllOf(HasSubstr("https://localhost:"), HasSubstr("not for localhost"),
                      HasSubstr("store.example, *.store.example")));
}

TEST_F(TlsClientTest, RefusesAnotherAddress) {
    const Error error = failure("IP:127.0.0.2", 3600, "127.0.0.1");
    EXPECT_EQ(error.kind, ErrorKind::permission_denied);
    EXPECT_THAT(error.message, HasSubstr("not for 127.0.0.1"));
}

TEST_F(TlsClientTest, RefusesAnExpiredCertificate) {
    const Error error = failure("DNS:localhost", -60, "localhost");
    EXPECT_EQ(error.kind, ErrorKind::permission_denied);
    EXPECT_THAT(error.message, AllOf(HasSubstr("https://localhost:"), HasSubstr("expired on"),
                                     HasSubstr("GMT"), HasSubstr("clock")));
}

TEST_F(TlsClientTest, RefusesAnUnknownAuthority) {
    const test::TestAuthority stranger;
    const auto tls = stranger.server("DNS:localhost");
    const TestServer server(answer_what_was_agreed, tls.get());
    TestClient client(trusting(authority));
    const auto answer = client.get(Origin{true, "localhost", server.port()});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::permission_denied);
    EXPECT_THAT(answer.error().message,
                AllOf(HasSubstr("authority that is not known"), HasSubstr("CA file")));
}

TEST_F(TlsClientTest, TrustsAnybodyWhenToldSo) {
    const test::TestAuthority stranger;
    const auto tls = stranger.server("DNS:elsewhere.example", -60);
    const TestServer server(answer_what_was_agreed, tls.get());
    HttpClient::Options options;
    options.verify = false;
    TestClient client(std::move(options));
    const auto answer = client.get(Origin{true, "localhost", server.port()});
    ASSERT_TRUE(answer) << answer.error().message;
}

TEST_F(TlsClientTest, RefusesOldVersions) {
    const auto tls = authority.server("DNS:localhost");
    SSL_CTX_set_min_proto_version(tls.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(tls.get(), TLS1_1_VERSION);
    SSL_CTX_set_security_level(tls.get(), 0);
    const TestServer server(answer_what_was_agreed, tls.get());
    TestClient client(trusting(authority));
    const auto answer = client.get(Origin{true, "localhost", server.port()});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::unsupported) << answer.error().message;
}

TEST_F(TlsClientTest, SaysWhenTheOtherSideSpeaksPlainHttp) {
    const TestServer server([](TestConnection& connection, int) {
        connection.answer(400, "what?");
        connection.wait_for_end();
    });
    TestClient client(trusting(authority));
    const auto answer = client.get(Origin{true, "localhost", server.port()});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::unsupported);
    EXPECT_THAT(answer.error().message, HasSubstr("http://?"));
}

TEST_F(TlsClientTest, AConnectionLostInTheHandshakeMayBeTriedAgain) {
    const TestServer server([](TestConnection& connection, int) { connection.read_exactly(1); });
    TestClient client(trusting(authority));
    const auto answer = client.get(Origin{true, "localhost", server.port()});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::unavailable) << answer.error().message;
}

TEST_F(TlsClientTest, SaysThatTheCaFileIsNone) {
    HttpClient::Options options;
    options.ca_file = "/no/such/ca.pem";
    TestClient client(std::move(options));
    const TestServer server([](TestConnection&, int) {});
    const auto answer = client.get(server.origin(true));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::invalid_argument);
    EXPECT_THAT(answer.error().message, HasSubstr("/no/such/ca.pem"));
}

TEST_F(TlsClientTest, CarriesLargeBodiesBothWays) {
    const auto tls = authority.server("DNS:localhost");
    const std::string down(3'000'001, 'd');
    std::string up;
    const TestServer server(
        [&](TestConnection& connection, int) {
            const std::string request = connection.read_request();
            up = request.substr(request.find("\r\n\r\n") + 4);
            connection.answer(200, down);
        },
        tls.get());
    TestClient client(trusting(authority));
    std::vector<Chunk> chunks;
    std::string whole;
    for (int i = 0; i < 40; ++i) {
        const std::string piece(static_cast<std::size_t>(1 + i * 4001),
                                static_cast<char>('a' + i % 26));
        chunks.push_back(Chunk::copy_of(piece));
        whole += piece;
    }
    const auto answer = client.put(Origin{true, "localhost", server.port()},
                                   std::make_unique<HeldBodyReader>(chunks));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_TRUE(up == whole) << up.size();
    EXPECT_TRUE(answer->body == down) << answer->body.size();
}

TEST_F(TlsClientTest, ReadsAnAnswerThatComesBeforeTheBodyWasSent) {
    const auto tls = authority.server("DNS:localhost");
    std::promise<void> seen;
    const TestServer server(
        [until = seen.get_future().share()](TestConnection& connection, int) {
            connection.read_head();
            connection.answer(503, "slow down", "Retry-After: 7\r\n");
            until.wait();  // without reading on or closing
        },
        tls.get());
    TestClient client(trusting(authority));
    const auto answer =
        client.put(Origin{true, "localhost", server.port()}, std::string(64 << 20, 'b'));
    seen.set_value();
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 503);
    EXPECT_EQ(answer->headers.get("Retry-After"), "7");
    EXPECT_EQ(answer->body, "slow down");
}

TEST_F(TlsClientTest, ReadsAnEarlyAnswerWhenTheServerClosesAtOnce) {
    const auto tls = authority.server("DNS:localhost");
    const TestServer server(
        [](TestConnection& connection, int) {
            connection.read_head();
            connection.answer(403, "no", "Connection: close\r\n");
            connection.read_exactly(1 << 20);
        },
        tls.get());
    TestClient client(trusting(authority));
    const auto answer =
        client.put(Origin{true, "localhost", server.port()}, std::string(64 << 20, 'b'));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 403);
}

}  // namespace
}  // namespace slipway::net
