// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.h"

#include <span>
#include <string>

namespace slipway::gateway {

/// Which pages may use the store from a browser (Fetch standard, "CORS protocol"). Requests prove
/// themselves by signature, never by cookie, so no credentials are allowed.

/// Whether this asks if another request may be made. Such a one carries no signature.
bool is_preflight(const http::Request& request);

/// The answer to a preflight: 200 with what is allowed, or 403.
http::Response answer_preflight(const http::Request& request,
                                std::span<const std::string> allowed_origins);

/// Lets the page that sent the request read the answer, if its origin is allowed.
void allow_reading(const http::Request& request,
                   std::span<const std::string> allowed_origins,
                   http::Response& response);

}  // namespace slipway::gateway
