// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/stream.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace slipway::net {

/// In which order to try the addresses of a host: IPv6 and IPv4 in turn, beginning with the family
/// the resolver put first (RFC 8305, section 4). `turn` rotates within a family, so that many
/// connections spread over a host's servers.
std::vector<boost::asio::ip::tcp::endpoint> dialing_order(
    std::span<const boost::asio::ip::address> addresses, std::uint16_t port, std::size_t turn);

/// Connects to whichever of `endpoints`, which are not none, answers first. The next one is tried
/// when one fails or has not answered within limits::client_connect_stagger (RFC 8305, section 5).
/// Errors: unavailable, timeout; their words begin with the system's reason.
Task<Socket> dial(std::vector<boost::asio::ip::tcp::endpoint> endpoints, Instant deadline);

}  // namespace slipway::net
