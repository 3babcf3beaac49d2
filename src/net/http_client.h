// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/limits.h"
#include "http/message.h"
#include "net/io_threads.h"
#include "task/body.h"
#include "task/task.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace slipway::net {

/// Where a request goes. Connections are shared by requests of equal origin.
struct Origin {
    bool tls = false;
    std::string host;  ///< name or address, without brackets
    std::uint16_t port = 80;
    friend bool operator==(const Origin&, const Origin&) = default;
};

/// Reads "http://127.0.0.1:9000" or "https://s3.eu-west-1.amazonaws.com".
/// Errors: invalid_argument, naming what is wrong with it.
Result<Origin> parse_origin(std::string_view url);

/// "127.0.0.1:9000", without the port where it is the scheme's default: what belongs into Host.
std::string host_header(const Origin& origin);

struct ClientRequest {
    Origin origin;
    http::Method method = http::Method::get;
    /// Path and query as they go over the wire.
    std::string target;
    /// Without Host, Content-Length and Connection: the client adds them.
    http::Headers headers;
    /// A reader must know its size.
    Body body;
    /// For connecting, sending and the answer's headers together; reading the body has a stall
    /// limit.
    std::chrono::milliseconds answer_time_max = limits::client_answer_time_max;
};

struct ClientResponse {
    int status = 0;
    http::Headers headers;
    /// Never null. Dropping it before its end closes the connection.
    std::unique_ptr<BodyReader> body;
};

/// An HTTP/1.1 client with a pool of kept-alive connections for each I/O thread.
///
/// Call from coroutines on the threads of the given IoThreads; destroy it once they have stopped.
/// Errors of send: unavailable (no
/// connection, connection lost before an answer), timeout, corrupted (not HTTP), and those of a
/// body reader. A request is sent once; one that met a stale kept-alive connection is repeated on
/// a fresh one when its body can be.
class HttpClient {
  public:
    struct Options {
        /// PEM file of certificate authorities instead of the system's.
        std::string ca_file;
    };

    HttpClient(IoThreads& threads, Options options);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    Task<ClientResponse> send(ClientRequest request);

  private:
    struct State;
    std::shared_ptr<State> state_;  // shared with answers whose bodies are still being read
};

}  // namespace slipway::net
