// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <cstdint>
#include <string>
#include <string_view>

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

/// "127.0.0.1:9000" whatever the port: what CONNECT names, and a key for one server.
std::string host_and_port(const Origin& origin);

/// "http://127.0.0.1:9000": as parse_origin reads it.
std::string origin_url(const Origin& origin);

}  // namespace slipway::net
