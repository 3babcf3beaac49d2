// SPDX-License-Identifier: Apache-2.0
#include "net/dial.h"

#include "base/limits.h"
#include "net/watchdog.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <utility>

namespace slipway::net {
namespace {

using boost::asio::ip::tcp;

/// The attempts under way. Each holds it, so that it outlives the last of them.
struct Race {
    explicit Race(const IoExecutor& executor) : timer(executor) {}

    static void start(const std::shared_ptr<Race>& race,
                      const IoExecutor& executor,
                      const tcp::endpoint& endpoint) {
        const std::size_t number = race->sockets.size();
        race->sockets.emplace_back(executor);
        race->sockets.back().async_connect(
            endpoint, [race, number](const boost::system::error_code& error) {
                if (error && !race->over) {
                    ++race->failed;
                    race->first_error = race->first_error ? race->first_error : error;
                } else if (!error && !race->winner) {
                    race->winner = number;
                }
                race->timer.cancel();
            });
    }

    bool all_failed() const { return failed == sockets.size(); }

    void close_losers() {
        over = true;
        for (std::size_t i = 0; i < sockets.size(); ++i) {
            if (i != winner) {
                boost::system::error_code ignored;
                sockets[i].close(ignored);
            }
        }
    }

    std::deque<Socket> sockets;  // whose elements stay in place
    Timer timer;
    std::optional<std::size_t> winner;
    std::size_t failed = 0;
    boost::system::error_code first_error;
    bool over = false;
};

}  // namespace

std::vector<tcp::endpoint> dialing_order(std::span<const boost::asio::ip::address> addresses,
                                         std::uint16_t port,
                                         std::size_t turn) {
    std::vector<tcp::endpoint> first_family;
    std::vector<tcp::endpoint> other_family;
    for (const auto& address : addresses) {
        auto& family = address.is_v6() == addresses.front().is_v6() ? first_family : other_family;
        family.emplace_back(address, port);
    }
    std::vector<tcp::endpoint> order;
    for (std::size_t i = 0; order.size() < addresses.size(); ++i) {
        for (const auto* family : {&first_family, &other_family}) {
            if (i < family->size()) {
                order.push_back((*family)[(i + turn) % family->size()]);
            }
        }
    }
    return order;
}

Task<Socket> dial(std::vector<tcp::endpoint> endpoints, Instant deadline) {
    const IoExecutor executor = co_await this_executor();
    const auto race = std::make_shared<Race>(executor);
    std::size_t next = 0;
    while (!race->winner) {
        const Instant now = std::chrono::steady_clock::now();
        if (now >= deadline || (next == endpoints.size() && race->all_failed())) {
            break;
        }
        Instant wake = deadline;
        if (next < endpoints.size()) {
            Race::start(race, executor, endpoints[next++]);
            wake = std::min(deadline, now + limits::client_connect_stagger);
        }
        // Also ends when an attempt does: then its failure brings forward the next one.
        race->timer.expires_at(wake);
        co_await race->timer.async_wait(as_tuple);
    }
    race->close_losers();
    if (race->winner) {
        co_return std::move(race->sockets[*race->winner]);
    }
    const std::string tried =
        endpoints.size() > 1 ? " (" + std::to_string(next) + " addresses tried)" : "";
    if (race->all_failed()) {
        co_return fail(ErrorKind::unavailable, race->first_error.message() + tried);
    }
    co_return fail(ErrorKind::timeout, "no answer in time" + tried);
}

}  // namespace slipway::net
