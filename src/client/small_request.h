// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/headers.h"
#include "http/message.h"
#include "net/http_client.h"
#include "task/task.h"

#include <chrono>
#include <string>

namespace slipway::client {

/// A request to one of the services that hand out credentials, and its whole answer.
struct SmallRequest {
    net::Origin origin;
    http::Method method = http::Method::get;
    std::string target;
    http::Headers headers;
    std::string body;
    /// Whatever proxies there are: for services of this machine or its link, which none can reach
    /// and to which secrets go in the clear.
    bool direct = false;
    /// For all of it, connecting and the answer's body included.
    std::chrono::milliseconds time_max = limits::credentials_answer_time_max;
};

struct SmallAnswer {
    int status = 0;
    std::string body;
};

/// Errors: as HttpClient::send; timeout; too_large.
Task<SmallAnswer> send_small(net::HttpClient& http, SmallRequest request);

/// A URL in its parts: "http://127.0.0.1:9000/role?x=1".
struct SmallUrl {
    net::Origin origin;
    std::string target;  ///< "/role?x=1"; "/" when it ends with the host
};

/// Errors: invalid_argument.
Result<SmallUrl> parse_small_url(const std::string& url);

}  // namespace slipway::client
