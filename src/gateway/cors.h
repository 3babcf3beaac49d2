// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gateway/call.h"
#include "http/message.h"
#include "objects/hosted_store.h"
#include "s3/cors.h"

#include <optional>
#include <string_view>

namespace slipway::gateway {

/// Which pages may use the store from a browser (Fetch standard, "CORS protocol"): those that the
/// bucket's own rules name, or, for a bucket without rules, the store's origins (GatewayOptions).

/// Whether this asks if another request may be made. Such a one carries no signature.
bool is_preflight(const http::Request& request);

/// The bucket's own rules; nothing where it has none or is not there.
std::optional<s3::CorsRules> cors_rules_of(const objects::HostedStore& store,
                                           std::string_view bucket);

/// The answer to a preflight: 200 with what is allowed, or 403.
http::Response answer_preflight(const http::Request& request,
                                const std::optional<s3::CorsRules>& rules,
                                const GatewayOptions& options);

/// Lets the page that sent the request read the answer, if its origin is allowed.
void allow_reading(const http::Request& request,
                   const std::optional<s3::CorsRules>& rules,
                   const GatewayOptions& options,
                   http::Response& response);

}  // namespace slipway::gateway
