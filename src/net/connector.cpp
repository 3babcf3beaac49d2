// SPDX-License-Identifier: Apache-2.0
#include "net/connector.h"

#include "base/limits.h"
#include "net/client_exchange.h"
#include "net/dial.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace slipway::net {
namespace {

/// Asks the proxy at the other end for a tunnel to `origin` (RFC 9110, section 9.3.6).
Task<> open_tunnel(Connection& connection, const Origin& origin, const Proxy& proxy) {
    const std::string where = host_and_port(origin);
    std::string head = "CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\n";
    if (!proxy.authorization.empty()) {
        head.append("Proxy-Authorization: ").append(proxy.authorization).append("\r\n");
    }
    head.append("\r\n");
    const auto limit = limits::client_connect_time_max;
    auto written = co_await connection.stream.write_all(head, std::string_view(), false, limit);
    // Without a body whatever its headers say, which is how a HEAD's is read.
    auto answer = co_await read_answer_head(connection, true, limit);
    if (!answer) {
        const auto kind = answer.error().kind;
        co_return fail(kind == ErrorKind::cancelled ? ErrorKind::unavailable : kind,
                       "the proxy " + origin_url(proxy.origin) + ", asked for " +
                           origin_url(origin) + ": " + answer.error().message);
    }
    if (answer->status < 200 || answer->status >= 300) {
        co_return fail(proxy_refusal(proxy, origin, answer->status));
    }
    if (!connection.input.empty()) {
        co_return fail(ErrorKind::corrupted, "the proxy " + origin_url(proxy.origin) +
                                                 " sent more than its consent to a tunnel");
    }
    co_return written;
}

}  // namespace

Error proxy_refusal(const Proxy& proxy, const Origin& origin, int status) {
    const std::string attempt = "the proxy " + origin_url(proxy.origin) + " refused to reach " +
                                origin_url(origin) + ": " + std::to_string(status);
    if (status == 407) {
        return {ErrorKind::unauthenticated,
                attempt + (proxy.authorization.empty()
                               ? "; it wants a user and a password: http://user:password@host:port"
                               : "; it does not accept the user and password given for it"),
                "proxy_authentication_required", 0};
    }
    const bool for_good = status >= 400 && status < 500;
    return {for_good ? ErrorKind::permission_denied : ErrorKind::unavailable,
            attempt + " " + std::string(http::reason_phrase(status)), "", 0};
}

Connector::Connector(IoThreads& threads, TlsClient::Options tls)
    : threads_(threads), tls_(std::move(tls)) {
    loops_.reserve(threads.size());
    for (std::size_t i = 0; i < threads.size(); ++i) {
        loops_.emplace_back(threads.loop(i));
    }
}

Task<Socket> Connector::connect(std::size_t loop, const Origin& server) {
    const Instant deadline = std::chrono::steady_clock::now() + limits::client_connect_time_max;
    Loop& own = loops_[loop];
    SLIPWAY_CO_TRY(addresses, co_await own.names.resolve(server.host, deadline));
    auto order = dialing_order(addresses, server.port, own.connections_opened++);
    auto socket = co_await dial(std::move(order), deadline);
    if (!socket) {
        own.names.forget(server.host);
    }
    co_return socket;
}

Task<ConnectionPtr> Connector::open(std::size_t loop, const Origin& origin, const Proxy* proxy) {
    const Origin& server = proxy == nullptr ? origin : proxy->origin;
    auto socket = co_await connect(loop, server);
    if (!socket) {
        Error& error = socket.error();
        const std::string what = proxy == nullptr ? "" : "the proxy ";
        co_return fail(error.kind,
                       "cannot connect to " + what + origin_url(server) + ": " + error.message,
                       error.code);
    }
    auto connection = std::make_unique<Connection>(*std::move(socket), threads_.watchdog(loop));
    connection->peer = origin.tls ? origin : server;
    if (!origin.tls) {
        co_return connection;
    }
    if (proxy != nullptr) {
        SLIPWAY_CO_CHECK(co_await open_tunnel(*connection, origin, *proxy));
    }
    const Instant deadline = std::chrono::steady_clock::now() + limits::client_connect_time_max;
    SLIPWAY_CO_CHECK(co_await tls_.start(connection->stream, origin, deadline));
    co_return connection;
}

}  // namespace slipway::net
