// SPDX-License-Identifier: Apache-2.0
#include "net/origin.h"

#include <charconv>

namespace slipway::net {
namespace {

std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

Result<Origin> parse_origin(std::string_view url) {
    const auto wrong = [url](std::string_view what) {
        return fail(ErrorKind::invalid_argument, "not an endpoint URL: '" + std::string(url) +
                                                     "': " + std::string(what) +
                                                     "; give e.g. http://127.0.0.1:9000");
    };
    Origin origin;
    if (url.starts_with("https://")) {
        origin.tls = true;
        origin.port = 443;
        url.remove_prefix(8);
    } else if (url.starts_with("http://")) {
        url.remove_prefix(7);
    } else {
        return wrong("it starts with neither http:// nor https://");
    }
    if (url.ends_with('/')) {
        url.remove_suffix(1);
    }
    if (url.find_first_of("/?#@") != std::string_view::npos) {
        return wrong("only scheme, host and port belong into it");
    }
    const auto bracket = url.rfind(']');
    const auto colon = url.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        const auto digits = url.substr(colon + 1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), origin.port);
        if (error != std::errc() || end != digits.data() + digits.size() || origin.port == 0) {
            return wrong("the port is not a number from 1 to 65535");
        }
        url = url.substr(0, colon);
    }
    if (url.starts_with('[') && url.ends_with(']')) {
        url = url.substr(1, url.size() - 2);
    }
    if (url.empty()) {
        return wrong("the host is missing");
    }
    for (const char c : url) {
        // It goes into request lines and Host headers.
        if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') {
            return wrong("a host has no spaces and no control characters");
        }
    }
    origin.host = std::string(url);
    return origin;
}

std::string host_header(const Origin& origin) {
    const bool usual = origin.port == (origin.tls ? 443 : 80);
    return usual ? bracketed(origin.host) : host_and_port(origin);
}

std::string host_and_port(const Origin& origin) {
    return bracketed(origin.host) + ":" + std::to_string(origin.port);
}

std::string origin_url(const Origin& origin) {
    return (origin.tls ? "https://" : "http://") + host_header(origin);
}

}  // namespace slipway::net
