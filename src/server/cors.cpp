// SPDX-License-Identifier: Apache-2.0
#include "server/cors.h"

#include <algorithm>
#include <string>

namespace slipway::server {
namespace {

constexpr std::string_view api = "/api/";
/// A day; browsers keep to shorter limits of their own.
constexpr const char* preflight_max_age = "86400";

bool is_allowed(std::string_view origin, const Settings& settings) {
    return !origin.empty() &&
           std::any_of(settings.allowed_origins.begin(), settings.allowed_origins.end(),
                       [origin](const std::string& each) {
                           return each == "*" || http::equal_ignoring_case(each, origin);
                       });
}

}  // namespace

std::optional<http::Response> answer_preflight(const http::Request& request,
                                               const Settings& settings) {
    if (request.method != http::Method::options || !request.path().starts_with(api) ||
        !request.headers.has("Access-Control-Request-Method") ||
        !is_allowed(request.headers.get("Origin"), settings)) {
        return std::nullopt;
    }
    http::Response response;
    response.status = 204;
    response.headers.add("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE");
    response.headers.add("Access-Control-Allow-Headers", "Authorization, Content-Type");
    response.headers.add("Access-Control-Max-Age", preflight_max_age);
    return response;
}

void share_with_origin(const http::Request& request,
                       const Settings& settings,
                       http::Response& response) {
    if (settings.allowed_origins.empty() || !request.path().starts_with(api)) {
        return;
    }
    response.headers.add("Vary", "Origin");
    const std::string_view origin = request.headers.get("Origin");
    if (is_allowed(origin, settings)) {
        response.headers.add("Access-Control-Allow-Origin", std::string(origin));
        response.headers.add("Access-Control-Expose-Headers", "X-Request-Id");
    }
}

}  // namespace slipway::server
