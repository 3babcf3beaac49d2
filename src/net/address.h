// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <string_view>

namespace slipway::net {

/// Reads "127.0.0.1:8080", "[::1]:0" or "localhost:8080". Errors: invalid_argument, with the form
/// that was expected.
Result<boost::asio::ip::tcp::endpoint> parse_endpoint(std::string_view text);

/// "127.0.0.1:8080", "[::1]:8080".
std::string to_text(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace slipway::net
