// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/limits.h"
#include "http/message.h"
#include "net/origin.h"
#include "task/body.h"

#include <chrono>
#include <memory>
#include <string>

namespace slipway::net {

struct ClientRequest {
    Origin origin;
    http::Method method = http::Method::get;
    /// Path and query as they go over the wire.
    std::string target;
    /// Without Host, Content-Length and Connection: the client adds them.
    http::Headers headers;
    /// A reader must know its size.
    Body body;
    /// From the end of the body until the answer's headers are complete. Connecting has a limit of
    /// its own; sending the body and reading the answer's have one for standing still.
    std::chrono::milliseconds answer_time_max = limits::client_answer_time_max;
    /// To the origin itself, whatever proxies there are: what is on this machine or its link is
    /// none of theirs.
    bool direct = false;
};

struct ClientResponse {
    int status = 0;
    http::Headers headers;
    /// Never null. Dropping it before its end closes the connection.
    std::unique_ptr<BodyReader> body;
};

}  // namespace slipway::net
