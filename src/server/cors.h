// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.h"
#include "server/settings.h"

#include <optional>

namespace slipway::server {

/// Lets pages of Settings::allowed_origins call the API (the CORS protocol of the Fetch standard).
/// With a token only: cookies are for our own page.

/// The answer to a browser's question before a cross-origin request to the API; nothing for any
/// other request, and for pages that may not ask.
std::optional<http::Response> answer_preflight(const http::Request& request,
                                               const Settings& settings);

/// Lets the page that asked read the answer, when its origin is allowed.
void share_with_origin(const http::Request& request,
                       const Settings& settings,
                       http::Response& response);

}  // namespace slipway::server
