// SPDX-License-Identifier: Apache-2.0
#include "net/proxy.h"

#include "codec/base64.h"
#include "codec/percent.h"
#include "http/headers.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace slipway::net {
namespace {

namespace ip = boost::asio::ip;

/// The whole of `digits` as a number of at most `most`.
template <class Number>
std::optional<Number> parse_number(std::string_view digits, Number most) {
    Number number = 0;
    const auto* const last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, number);
    if (error != std::errc() || end != last || number > most) {
        return std::nullopt;
    }
    return number;
}

std::optional<ip::address> parse_address(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) {
        text = text.substr(1, text.size() - 2);
    }
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(text), error);
    if (error) {
        return std::nullopt;
    }
    // ::ffff:10.0.0.1 is reached as 10.0.0.1.
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return ip::address(ip::make_address_v4(ip::v4_mapped, address.to_v6()));
    }
    return address;
}

template <class Bytes>
bool same_prefix(const Bytes& a, const Bytes& b, unsigned bits) {
    for (std::size_t i = 0; i < a.size() && bits > 0; ++i) {
        const unsigned here = std::min(bits, 8U);
        const unsigned mask = 0xff00U >> here;
        if (((a[i] ^ b[i]) & mask & 0xffU) != 0) {
            return false;
        }
        bits -= here;
    }
    return true;
}

bool within(const ip::address& address, const ip::address& network, unsigned prefix_bits) {
    if (address.is_v4() != network.is_v4()) {
        return false;
    }
    return address.is_v4()
               ? same_prefix(address.to_v4().to_bytes(), network.to_v4().to_bytes(), prefix_bits)
               : same_prefix(address.to_v6().to_bytes(), network.to_v6().to_bytes(), prefix_bits);
}

}  // namespace

Result<Proxy> parse_proxy(std::string_view url) {
    const auto at = url.rfind('@');
    const auto scheme_end = url.find("://");
    const std::string_view scheme =
        scheme_end == std::string_view::npos ? "" : url.substr(0, scheme_end);
    const auto host_at = scheme.empty() ? 0 : scheme_end + 3;
    // Whatever is wrong: the password stays out of the words.
    const std::string shown =
        at == std::string_view::npos ? std::string(url) : "***" + std::string(url.substr(at));
    if (!scheme.empty() && http::lower_case(scheme) != "http") {
        return fail(ErrorKind::unsupported, "the proxy '" + shown + "' is for " +
                                                std::string(scheme) +
                                                "; only proxies at http:// are supported, for "
                                                "https:// destinations too");
    }
    const bool has_user = at != std::string_view::npos && at >= host_at;
    const auto host = url.substr(has_user ? at + 1 : host_at);
    auto origin = parse_origin("http://" + std::string(host));
    if (!origin) {
        return fail(ErrorKind::invalid_argument,
                    "not a proxy: '" + shown +
                        "': give it as http://host:port or http://user:password@host:port");
    }
    Proxy proxy;
    proxy.origin = *std::move(origin);
    if (has_user) {
        const auto user = url.substr(host_at, at - host_at);
        const auto colon = std::min(user.find(':'), user.size());
        const auto name = codec::percent_decode(user.substr(0, colon));
        const auto password =
            codec::percent_decode(colon == user.size() ? "" : user.substr(colon + 1));
        if (!name || !password) {
            return fail(ErrorKind::invalid_argument,
                        "the proxy '" + shown +
                            "': a '%' in its user or password has to be written as %25");
        }
        proxy.authorization = "Basic " + codec::base64_encode(*name + ":" + *password);
    }
    return proxy;
}

NoProxy::NoProxy(std::string_view list) {
    while (!list.empty()) {
        const auto end = std::min(list.find_first_of(", \t"), list.size());
        add(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
}

void NoProxy::add(std::string_view entry) {
    if (entry.empty()) {
        return;
    }
    if (const auto slash = entry.find('/'); slash != std::string_view::npos) {
        const auto address = parse_address(entry.substr(0, slash));
        const auto bits = parse_number(entry.substr(slash + 1), 128U);
        if (address && bits && *bits <= (address->is_v4() ? 32U : 128U)) {
            networks_.push_back(Network{*address, *bits, 0});
        }
        return;
    }
    std::uint16_t port = 0;
    std::optional<ip::address> address = parse_address(entry);
    const auto colon = entry.rfind(':');
    if (!address && colon != std::string_view::npos) {
        const auto number = parse_number(entry.substr(colon + 1), std::uint16_t(65535));
        if (!number || *number == 0) {
            return;
        }
        port = *number;
        entry = entry.substr(0, colon);
        address = parse_address(entry);
    }
    if (address) {
        networks_.push_back(Network{*address, address->is_v4() ? 32U : 128U, port});
        return;
    }
    if (entry == "*") {
        names_.push_back(Name{"", port});
        return;
    }
    entry.remove_prefix(entry.starts_with("*.") ? 2 : entry.starts_with('.') ? 1 : 0);
    if (!entry.empty()) {
        names_.push_back(Name{http::lower_case(entry), port});
    }
}

bool NoProxy::matches(const Origin& origin) const {
    const std::string host = http::lower_case(origin.host);
    const auto fits_name = [&](const Name& name) {
        if (name.port != 0 && name.port != origin.port) {
            return false;
        }
        if (name.suffix.empty() || host == name.suffix) {
            return true;
        }
        return host.ends_with(name.suffix) && host[host.size() - name.suffix.size() - 1] == '.';
    };
    if (std::any_of(names_.begin(), names_.end(), fits_name)) {
        return true;
    }
    const auto address = parse_address(host);
    const auto fits_network = [&](const Network& network) {
        return (network.port == 0 || network.port == origin.port) &&
               within(*address, network.address, network.prefix_bits);
    };
    return address && std::any_of(networks_.begin(), networks_.end(), fits_network);
}

Result<Proxies> Proxies::make(const ProxySettings& settings) {
    Proxies proxies(settings.no_proxy);
    if (!settings.http.empty()) {
        SLIPWAY_TRY(proxy, parse_proxy(settings.http));
        proxies.http_ = std::move(proxy);
    }
    if (!settings.https.empty()) {
        SLIPWAY_TRY(proxy, parse_proxy(settings.https));
        proxies.https_ = std::move(proxy);
    }
    return proxies;
}

const Proxy* Proxies::find(const Origin& origin) const {
    const std::optional<Proxy>& proxy = origin.tls ? https_ : http_;
    return proxy && !no_proxy_.matches(origin) ? &*proxy : nullptr;
}

}  // namespace slipway::net
