// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/limits.h"
#include "http/message.h"
#include "net/io_threads.h"
#include "task/chunk_pool.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace slipway::net {

/// What bounds a client of this server; the defaults are the project's limits.
struct HttpServerLimits {
    std::size_t header_bytes_max = limits::http_header_bytes_max;
    std::chrono::milliseconds header_time_max = limits::http_header_time_max;
    std::chrono::milliseconds idle_time_max = limits::http_idle_time_max;
    std::chrono::milliseconds body_stall_time_max = limits::http_body_stall_time_max;
    std::uint64_t body_rate_min = limits::http_body_rate_min;
    std::chrono::milliseconds body_rate_grace = limits::http_body_rate_grace;
    std::chrono::milliseconds write_stall_time_max = limits::http_write_stall_time_max;
    std::size_t connections_max = limits::http_connections_max;
};

/// An HTTP/1.1 server on one port: keep-alive, pipelining, chunked and sized bodies with
/// back-pressure, Expect: 100-continue, limits on everything a client sends.
///
/// Each connection is one coroutine on one I/O thread. listen() and drain() may be called from any
/// thread that is not an I/O thread.
class HttpServer {
  public:
    /// `handler` and `pool` outlive the server. `name` is for logs and the Server header.
    HttpServer(IoThreads& threads,
               http::Handler& handler,
               ChunkPool& pool,
               std::string name,
               HttpServerLimits limits = {});
    /// Closes what is still open.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Binds "127.0.0.1:8080" or "[::1]:0" and starts to accept. Answers the port in use.
    /// Errors: invalid_argument (not an address), unavailable (taken), permission_denied.
    Result<std::uint16_t> listen(std::string_view address);

    /// Stops accepting, lets requests under way finish for at most `time_max`, closes idle
    /// connections at once. Blocks until all connections are gone or the time is over.
    void drain(std::chrono::milliseconds time_max);

    std::size_t connections() const;

  private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the connections' coroutines
};

}  // namespace slipway::net
