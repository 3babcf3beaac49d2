// SPDX-License-Identifier: Apache-2.0
#include "net/connection_pool.h"

#include "base/limits.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace slipway::net {
namespace {

bool too_old(const Connection& connection, Instant now) {
    return now - connection.idle_since >= limits::client_idle_time_max;
}

}  // namespace

ConnectionPtr ConnectionPool::take(std::size_t loop, const Origin& peer) {
    Idle& idle = idle_[loop];
    const Instant now = std::chrono::steady_clock::now();
    while (true) {
        // From the back, for the warmest one; those that are rarely needed grow old and go.
        const auto found = std::find_if(idle.rbegin(), idle.rend(),
                                        [&peer](const auto& each) { return each->peer == peer; });
        if (found == idle.rend()) {
            return nullptr;
        }
        ConnectionPtr connection = std::move(*found);
        idle.erase(std::next(found).base());
        if (!too_old(*connection, now) && !connection->stream.stale()) {
            return connection;
        }
    }
}

void ConnectionPool::give_back(std::size_t loop, ConnectionPtr connection) {
    Idle& idle = idle_[loop];
    const Instant now = std::chrono::steady_clock::now();
    while (!idle.empty() &&
           (idle.size() >= limits::client_idle_connections_max || too_old(*idle.front(), now))) {
        idle.pop_front();
    }
    connection->idle_since = now;
    idle.push_back(std::move(connection));
}

}  // namespace slipway::net
