// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/origin.h"
#include "net/stream.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace slipway::net {

/// A connection of the client, with what it received beyond what was asked for.
struct Connection {
    Connection(Socket socket, Watchdog& watchdog) : stream(std::move(socket), watchdog) {}

    Stream stream;
    Origin peer;  ///< whom requests over it reach: requests of this origin may share it
    std::string input;
    std::string head;  ///< of the request under way; its memory serves the next one
    Instant idle_since{};
};
using ConnectionPtr = std::unique_ptr<Connection>;

/// The kept-alive connections that nobody uses right now, apart for each I/O thread.
///
/// take() and give_back() are called on the thread of that loop.
class ConnectionPool {
  public:
    explicit ConnectionPool(std::size_t loops) : idle_(loops) {}

    /// The connection to `peer` that was used last and is fit for another request, or nullptr.
    ConnectionPtr take(std::size_t loop, const Origin& peer);

    void give_back(std::size_t loop, ConnectionPtr connection);

  private:
    using Idle = std::deque<ConnectionPtr>;  // in the order they came back

    std::vector<Idle> idle_;
};

}  // namespace slipway::net
