// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec/time.h"
#include "s3/sigv4.h"

#include <string>
#include <string_view>

namespace slipway::s3::test {

inline Credentials example_credentials() {
    Credentials credentials;
    credentials.access_key_id = "AKIAIOSFODNN7EXAMPLE";
    credentials.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    return credentials;
}

inline Time at(std::string_view amz_date) {
    return codec::parse_amz_date(amz_date).value();
}

/// The request a client makes of a URL.
inline http::Request request_of(http::Method method, std::string_view url) {
    const auto host_at = url.find("://") + 3;
    const auto path_at = url.find('/', host_at);
    http::Request request;
    request.method = method;
    request.target = url.substr(path_at);
    request.headers.add("Host", std::string(url.substr(host_at, path_at - host_at)));
    return request;
}

inline http::Request request_to(http::Method method, std::string_view target) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.headers.add("Host", "127.0.0.1:9000");
    return request;
}

}  // namespace slipway::s3::test
