// SPDX-License-Identifier: Apache-2.0
#include "net/address.h"

#include <charconv>
#include <cstdint>

namespace slipway::net {

Result<boost::asio::ip::tcp::endpoint> parse_endpoint(std::string_view text) {
    const auto wrong = [text] {
        return fail(ErrorKind::invalid_argument,
                    "not an address to listen on: '" + std::string(text) +
                        "'; give ADDRESS:PORT, e.g. 127.0.0.1:8080 or [::1]:8080");
    };
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return wrong();
    }
    const std::string_view digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size()) {
        return wrong();
    }
    std::string host(text.substr(0, colon));
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string::npos) {
        return wrong();
    }
    if (host == "localhost") {
        host = "127.0.0.1";
    }
    boost::system::error_code not_an_address;
    const auto address = boost::asio::ip::make_address(host, not_an_address);
    if (not_an_address) {
        return wrong();
    }
    return boost::asio::ip::tcp::endpoint(address, port);
}

std::string to_text(const boost::asio::ip::tcp::endpoint& endpoint) {
    const std::string address = endpoint.address().to_string();
    const std::string port = std::to_string(endpoint.port());
    return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

}  // namespace slipway::net
