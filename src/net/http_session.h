// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.h"
#include "net/http_parser.h"
#include "net/http_server.h"
#include "net/stream.h"
#include "task/chunk_pool.h"

#include <functional>
#include <string>
#include <string_view>

namespace slipway::net {

/// One connection of an HttpServer: reads requests, lets the handler answer them, one at a time.
///
/// Lives as long as its coroutine, on one I/O thread. Memory while it waits: this object, the
/// coroutine's frames and the request's headers; no buffer.
class HttpSession {
  public:
    struct Context {
        http::Handler& handler;
        ChunkPool& pool;
        const std::string& server_name;
        const HttpServerLimits& limits;
        /// Whether the server is going down: no further request is taken.
        std::function<bool()> draining;
    };

    HttpSession(Socket socket, Watchdog& watchdog, Context context, std::string peer);

    /// Serves until the connection ends.
    Async<void> run();

    /// Ends the connection if it is between two requests; the running request goes on.
    void close_if_idle();
    void close_now() { stream_.close_now(); }

  private:
    friend class SessionBody;

    Task<RequestHead> read_head();
    Result<RequestHead> take_head(std::size_t size);
    Async<bool> answer(RequestHead head);
    Async<void> refuse(const Error& error);
    Task<> send(const RequestHead& head, http::Response response, bool keep_alive);
    Task<> send_reader(BodyReader& body, bool chunked);
    Async<void> linger();
    std::string head_text(const http::Response& response,
                          std::string_view request_id,
                          bool keep_alive) const;

    Stream stream_;
    Context context_;
    std::string peer_;
    std::string input_;  // bytes received and not used yet
    bool idle_ = true;
};

}  // namespace slipway::net
