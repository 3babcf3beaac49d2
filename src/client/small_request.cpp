// SPDX-License-Identifier: Apache-2.0
#include "client/small_request.h"

#include "base/limits.h"
#include "client/endpoint.h"
#include "task/within.h"

#include <utility>

namespace slipway::client {
namespace {

Task<SmallAnswer> send_whole(net::HttpClient& http, net::ClientRequest request) {
    SLIPWAY_CO_TRY(response, co_await http.send(std::move(request)));
    SLIPWAY_CO_TRY(body, co_await read_all(*response.body, limits::credentials_document_bytes_max));
    SmallAnswer answer;
    answer.status = response.status;
    answer.body = std::move(body);
    co_return answer;
}

}  // namespace

Task<SmallAnswer> send_small(net::HttpClient& http, SmallRequest request) {
    net::ClientRequest sent;
    sent.origin = std::move(request.origin);
    sent.method = request.method;
    sent.target = std::move(request.target);
    sent.headers = std::move(request.headers);
    sent.body = std::move(request.body);
    sent.direct = request.direct;
    auto work = send_whole(http, std::move(sent));
    co_return co_await within(request.time_max, std::move(work));
}

Result<SmallUrl> parse_small_url(const std::string& url) {
    const auto scheme = url.find("://");
    const auto path =
        scheme == std::string::npos ? url.size() : url.find_first_of("/?", scheme + 3);
    SLIPWAY_TRY(origin, net::parse_origin(url.substr(0, path)));
    SmallUrl parsed{std::move(origin), path >= url.size() ? "/" : url.substr(path)};
    if (parsed.target.front() == '?') {
        parsed.target.insert(0, "/");
    }
    for (const char c : parsed.target) {
        if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') {
            return fail(ErrorKind::invalid_argument,
                        "not a URL: " + origin_url(parsed.origin) +
                            "/...: white space or a control character is in its path");
        }
    }
    return parsed;
}

}  // namespace slipway::client
