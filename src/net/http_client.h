// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/client_message.h"
#include "net/io_threads.h"
#include "net/origin.h"
#include "net/proxy.h"
#include "task/task.h"

#include <cstddef>
#include <memory>
#include <string>

namespace slipway::net {

/// An HTTP/1.1 client with a pool of kept-alive connections for each I/O thread.
///
/// Call from coroutines on the threads of the given IoThreads; destroy it when they have stopped,
/// or when nothing of it is under way.
///
/// A request goes over a connection of the caller's thread.
///
/// A request is sent once. Only one that met a kept-alive connection which the server had closed
/// is repeated, on a fresh one: if doing it twice does no harm (an idempotent method without
/// preconditions) and nothing was asked of its body's reader.
class HttpClient {
  public:
    struct Options {
        /// PEM file of certificate authorities instead of the system's.
        std::string ca_file;
        /// Off: servers need not prove who they are.
        bool verify = true;
        ProxySettings proxies;
    };

    HttpClient(IoThreads& threads, Options options);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Errors: unavailable (no connection, or lost before an answer), timeout, corrupted (not
    /// HTTP), permission_denied (code "certificate_not_trusted", or a proxy's refusal),
    /// unauthenticated (the proxy's), unsupported (no common TLS, an unknown kind of proxy),
    /// invalid_argument (options), and those of a body's reader, as they are.
    Task<ClientResponse> send(ClientRequest request);

  private:
    struct State;

    std::shared_ptr<State> state_;  // with answers whose bodies are still being read
};

}  // namespace slipway::net
