// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/origin.h"

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::net {

/// The settings as users write them, in the words of the environment's http_proxy, https_proxy and
/// no_proxy. Empty is none.
struct ProxySettings {
    std::string http;   ///< for http:// origins: "http://user:password@proxy:3128"
    std::string https;  ///< for https:// origins
    /// Origins reached without a proxy, apart by commas or spaces: "example.com" (and all names
    /// below it), "host:8080" (that port only), "10.0.0.0/8", "[::1]", "*".
    std::string no_proxy;
};

/// A proxy that is reached in plain HTTP.
struct Proxy {
    Origin origin;
    /// The value of Proxy-Authorization, or empty. Secret: to be sent, never shown.
    std::string authorization;
};

/// Reads "http://user:password@proxy:3128" or "proxy:3128"; user and password may be
/// percent-encoded.
/// Errors: invalid_argument, unsupported (proxies of other protocols); without the password.
Result<Proxy> parse_proxy(std::string_view url);

/// The origins that are reached without a proxy.
class NoProxy {
  public:
    /// What is not understood matches nothing: such lists are shared with other programs.
    explicit NoProxy(std::string_view list);

    /// Names are not looked up: only an address in the origin itself matches a network.
    bool matches(const Origin& origin) const;

  private:
    struct Name {
        std::string suffix;  ///< in lower case, without a dot in front; empty is every host
        std::uint16_t port;  ///< 0 is every port
    };
    struct Network {
        boost::asio::ip::address address;
        unsigned prefix_bits;
        std::uint16_t port;
    };

    void add(std::string_view entry);

    std::vector<Name> names_;
    std::vector<Network> networks_;
};

/// Which origin is reached through which proxy. Immutable; any thread.
class Proxies {
  public:
    /// Errors: those of parse_proxy.
    static Result<Proxies> make(const ProxySettings& settings);

    /// The proxy to use, or nullptr. Lives as long as this object.
    const Proxy* find(const Origin& origin) const;

  private:
    explicit Proxies(std::string_view no_proxy) : no_proxy_(no_proxy) {}

    std::optional<Proxy> http_;
    std::optional<Proxy> https_;
    NoProxy no_proxy_;
};

}  // namespace slipway::net
