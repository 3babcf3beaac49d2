// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/client_message.h"
#include "net/connection_pool.h"
#include "net/http_parser.h"
#include "net/proxy.h"
#include "task/task.h"

#include <chrono>

namespace slipway::net {

/// What became of a request's body.
struct BodyFate {
    bool touched = false;  ///< a reader was asked for something: it cannot be sent again
    bool failed = false;   ///< the error is the body's own, not the connection's
};

/// Sends a request over a connection and reads the head of its answer, also of one that comes
/// before the whole body was sent; then the connection is not kept alive.
///
/// `proxy`   takes the request in absolute form; nullptr is the server itself, or a tunnel to it.
/// Errors    cancelled (the connection was lost before any byte of an answer: a kept-alive one may
///           have been closed meanwhile), unavailable, timeout, corrupted, those of the body.
Task<ResponseHead> exchange(Connection& connection,
                            ClientRequest& request,
                            const Proxy* proxy,
                            BodyFate& fate);

/// Reads the head of a final answer. What follows it stays in `connection.input`.
/// Errors: as above.
Task<ResponseHead> read_answer_head(Connection& connection,
                                    bool head_request,
                                    std::chrono::milliseconds time_max);

}  // namespace slipway::net
