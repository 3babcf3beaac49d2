// SPDX-License-Identifier: Apache-2.0
#include "net/name_cache.h"

#include "base/limits.h"
#include "net/watchdog.h"

#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace slipway::net {
namespace {

using boost::asio::ip::tcp;
using Resolver = boost::asio::ip::basic_resolver<tcp, IoExecutor>;

}  // namespace

struct NameCache::Lookup {
    explicit Lookup(boost::asio::io_context& loop) : resolver(loop) {}

    bool fresh() const {
        return !done || (!error && std::chrono::steady_clock::now() < fresh_until);
    }

    Resolver resolver;
    bool done = false;
    boost::system::error_code error;
    Addresses addresses;
    Instant fresh_until{};
    std::vector<Timer*> waiting;  // whoever waits takes its own out again
};

std::shared_ptr<NameCache::Lookup> NameCache::find_or_start(const std::string& host) {
    if (const auto found = lookups_.find(host); found != lookups_.end() && found->second->fresh()) {
        return found->second;
    }
    if (lookups_.size() >= limits::client_names_max) {
        lookups_.clear();
    }
    auto lookup = std::make_shared<Lookup>(loop_);
    lookups_[host] = lookup;
    ++lookups_made_;
    lookup->resolver.async_resolve(
        host, "",
        [lookup](const boost::system::error_code& error, const Resolver::results_type& results) {
            for (const auto& entry : results) {
                const auto address = entry.endpoint().address();
                auto& known = lookup->addresses;
                if (std::find(known.begin(), known.end(), address) == known.end()) {
                    known.push_back(address);
                }
            }
            lookup->error = error;
            lookup->fresh_until = std::chrono::steady_clock::now() + limits::client_name_fresh_time;
            lookup->done = true;
            for (Timer* each : lookup->waiting) {
                each->cancel();
            }
        });
    return lookup;
}

Task<NameCache::Addresses> NameCache::resolve(std::string host, Instant deadline) {
    boost::system::error_code not_an_address;
    const auto address = boost::asio::ip::make_address(host, not_an_address);
    if (!not_an_address) {
        co_return Addresses(1, address);
    }
    const auto lookup = find_or_start(host);
    if (!lookup->done) {
        Timer timer(loop_, deadline);
        lookup->waiting.push_back(&timer);
        co_await timer.async_wait(as_tuple);
        std::erase(lookup->waiting, &timer);
    }
    if (!lookup->done) {
        co_return fail(ErrorKind::timeout, "the name server did not say where " + host + " is");
    }
    if (lookup->error || lookup->addresses.empty()) {
        const bool unknown = lookup->error == boost::asio::error::host_not_found;
        co_return fail(ErrorKind::unavailable,
                       "cannot find " + host + ": " + lookup->error.message(),
                       unknown ? "host_not_found" : "");
    }
    co_return lookup->addresses;
}

}  // namespace slipway::net
