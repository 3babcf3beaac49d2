// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/error.h"

#include "base/clock.h"
#include "http/message.h"

#include <string_view>

namespace slipway::gateway {

/// Writes one line about an answered request: at debug level, failures of ours at warn. The query,
/// where signatures are, is left out; the path stays encoded, so that no key forges a line.
///
/// operation  "PutObject", or empty when it did not get that far
/// error      why it failed, or nullptr
void log_request(const http::Request& request,
                 const http::Response& response,
                 std::string_view operation,
                 const Error* error,
                 Instant started);

}  // namespace slipway::gateway
