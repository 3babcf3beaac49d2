// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "task/task.h"

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace slipway::net {

/// The addresses of hosts, looked up once for all who ask within a short while.
///
/// A lookup costs a hop to another thread and a question to a name server: ten thousand requests
/// are to cost one. Belongs to one loop.
class NameCache {
  public:
    using Addresses = std::vector<boost::asio::ip::address>;

    explicit NameCache(boost::asio::io_context& loop) : loop_(loop) {}

    /// In the order the resolver gave them; never empty. An address is its own answer.
    /// Errors: unavailable (code "host_not_found" when there is no such name), timeout.
    Task<Addresses> resolve(std::string host, Instant deadline);

    /// Nobody answered at these addresses: they are to be looked up anew.
    void forget(const std::string& host) { lookups_.erase(host); }

    /// Lookups made so far; addresses and kept answers are none.
    std::size_t lookups_made() const { return lookups_made_; }

  private:
    struct Lookup;

    std::shared_ptr<Lookup> find_or_start(const std::string& host);

    boost::asio::io_context& loop_;
    // Shared with the resolver, whose answer may come when nobody waits any more.
    std::map<std::string, std::shared_ptr<Lookup>> lookups_;
    std::size_t lookups_made_ = 0;
};

}  // namespace slipway::net
