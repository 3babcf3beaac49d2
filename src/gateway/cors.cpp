// SPDX-License-Identifier: Apache-2.0
#include "gateway/cors.h"

#include "gateway/answers.h"
#include "s3/errors.h"

#include <algorithm>

namespace slipway::gateway {
namespace {

constexpr std::string_view any_origin = "*";
constexpr std::string_view allowed_methods = "GET, HEAD, PUT, POST, DELETE";
/// Browsers ask again after this; none keeps an answer longer than two hours.
constexpr std::string_view preflight_seconds_max = "3600";

/// What Access-Control-Allow-Origin says to that origin; empty: nothing.
std::string_view allowed_origin(const http::Request& request,
                                std::span<const std::string> allowed_origins) {
    const std::string* origin = request.headers.find("origin");
    if (origin == nullptr) {
        return {};
    }
    for (const std::string& allowed : allowed_origins) {
        if (allowed == any_origin) {
            return any_origin;
        }
        // Browsers write an origin in lower case; people may not.
        if (http::equal_ignoring_case(allowed, *origin)) {
            return *origin;
        }
    }
    return {};
}

/// A browser shows a page only the headers named here, and "x-amz-*" names none.
std::string exposed_headers(const http::Headers& headers) {
    std::string names;
    for (const http::Header& header : headers) {
        const std::string_view name = header.name;
        if (name != "Content-Type" && name != "Last-Modified" && name != "Cache-Control") {
            names.append(names.empty() ? "" : ", ").append(name);
        }
    }
    return names;
}

}  // namespace

bool is_preflight(const http::Request& request) {
    return request.method == http::Method::options;
}

http::Response answer_preflight(const http::Request& request,
                                std::span<const std::string> allowed_origins) {
    const std::string* method = request.headers.find("access-control-request-method");
    const std::string_view origin = allowed_origin(request, allowed_origins);
    http::Response response;
    if (method == nullptr || !request.headers.has("origin")) {
        const auto error = s3::s3_fail("BadRequest",
                                       "Insufficient information. Origin and "
                                       "Access-Control-Request-Method headers needed.");
        response = error_answer(request, error.value());
    } else if (origin.empty() || allowed_methods.find(*method) == std::string_view::npos) {
        const auto error = s3::s3_fail("AccessDenied",
                                       "CORSResponse: This CORS request is not allowed. Add the "
                                       "page's origin to the allowed origins of the store.");
        response = error_answer(request, error.value());
    } else {
        response = empty_answer(200);
        response.headers.add("Access-Control-Allow-Origin", std::string(origin));
        response.headers.add("Access-Control-Allow-Methods", std::string(allowed_methods));
        if (const auto* names = request.headers.find("access-control-request-headers")) {
            response.headers.add("Access-Control-Allow-Headers", *names);
        }
        response.headers.add("Access-Control-Max-Age", std::string(preflight_seconds_max));
    }
    response.headers.add("Vary",
                         "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    return response;
}

void allow_reading(const http::Request& request,
                   std::span<const std::string> allowed_origins,
                   http::Response& response) {
    if (allowed_origins.empty()) {
        return;
    }
    const std::string_view origin = allowed_origin(request, allowed_origins);
    if (!origin.empty()) {
        std::string names = exposed_headers(response.headers);
        response.headers.add("Access-Control-Allow-Origin", std::string(origin));
        response.headers.add("Access-Control-Expose-Headers", std::move(names));
    }
    if (origin != any_origin) {
        // Also without an Origin: a cache must not give that answer to a page.
        response.headers.add("Vary", "Origin");
    }
}

}  // namespace slipway::gateway
