// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/connection_pool.h"
#include "net/io_threads.h"
#include "net/name_cache.h"
#include "net/proxy.h"
#include "net/tls_client.h"

#include <cstddef>
#include <vector>

namespace slipway::net {

/// Opens connections: name, address, proxy, TLS.
///
/// open() is called on the thread of its loop.
class Connector {
  public:
    Connector(IoThreads& threads, TlsClient::Options tls);

    /// A connection for requests to `origin`: to it, or to `proxy` where that is not nullptr, and
    /// then with a tunnel through it for TLS.
    /// Errors: those of NameCache, dial and TlsClient; permission_denied and unauthenticated from
    /// the proxy. All name whom they are about.
    Task<ConnectionPtr> open(std::size_t loop, const Origin& origin, const Proxy* proxy);

  private:
    struct Loop {
        explicit Loop(boost::asio::io_context& context) : names(context) {}
        NameCache names;
        std::size_t connections_opened = 0;
    };

    Task<Socket> connect(std::size_t loop, const Origin& server);

    IoThreads& threads_;
    TlsClient tls_;
    std::vector<Loop> loops_;  // each touched on its thread only
};

/// What a proxy's refusal means: `status` is its answer to a CONNECT, or 407 to any request.
Error proxy_refusal(const Proxy& proxy, const Origin& origin, int status);

}  // namespace slipway::net
