// SPDX-License-Identifier: Apache-2.0
#include "gateway/cors.h"

#include "gateway/answers.h"
#include "s3/errors.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

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

std::string joined(std::span<const std::string> texts) {
    std::string all;
    for (const std::string& text : texts) {
        all.append(all.empty() ? "" : ", ").append(text);
    }
    return all;
}

/// What a rule of the bucket tells the browser, of a request as of its preflight.
void write_rule(const s3::CorsRule& rule, std::string_view origin, http::Headers& headers) {
    const std::string_view allowed = s3::allowed_origin(rule, origin);
    headers.add("Access-Control-Allow-Origin", std::string(allowed));
    headers.add("Access-Control-Allow-Methods", joined(rule.allowed_methods));
    if (allowed != any_origin) {
        headers.add("Access-Control-Allow-Credentials", "true");
    }
    if (!rule.expose_headers.empty()) {
        headers.add("Access-Control-Expose-Headers", joined(rule.expose_headers));
    }
    if (rule.max_age_seconds) {
        headers.add("Access-Control-Max-Age", std::to_string(*rule.max_age_seconds));
    }
}

http::Response refused(const http::Request& request, std::string words) {
    const auto error = s3::s3_fail("AccessForbidden", "CORSResponse: " + std::move(words));
    return error_answer(request, error.value());
}

http::Response answer_by_rules(const http::Request& request,
                               std::string_view origin,
                               std::string_view method,
                               const s3::CorsRules& rules) {
    const std::string_view wanted = request.headers.get("access-control-request-headers");
    const s3::CorsRule* rule = s3::find_cors_rule(rules, origin, method, wanted);
    if (rule == nullptr) {
        return refused(request,
                       "This CORS request is not allowed. This is usually because the evaluation "
                       "of Origin, request method / Access-Control-Request-Method or "
                       "Access-Control-Request-Headers are not whitelisted by the resource's CORS "
                       "spec.");
    }
    http::Response response = empty_answer(200);
    write_rule(*rule, origin, response.headers);
    if (!wanted.empty()) {
        response.headers.add("Access-Control-Allow-Headers", std::string(wanted));
    }
    return response;
}

http::Response answer_by_options(const http::Request& request,
                                 std::string_view method,
                                 const GatewayOptions& options) {
    const std::string_view origin = allowed_origin(request, options.cors_origins);
    if (origin.empty() || allowed_methods.find(method) == std::string_view::npos) {
        return refused(request,
                       "This CORS request is not allowed. Add the page's origin to the bucket's "
                       "CORS rules.");
    }
    http::Response response = empty_answer(200);
    response.headers.add("Access-Control-Allow-Origin", std::string(origin));
    response.headers.add("Access-Control-Allow-Methods", std::string(allowed_methods));
    if (const auto* names = request.headers.find("access-control-request-headers")) {
        response.headers.add("Access-Control-Allow-Headers", *names);
    }
    response.headers.add("Access-Control-Max-Age", std::string(preflight_seconds_max));
    return response;
}

void allow_reading_by_rules(const http::Request& request,
                            const s3::CorsRules& rules,
                            http::Headers& headers) {
    if (const std::string* origin = request.headers.find("origin")) {
        // Amazon looks at the method that a preflight would name where it is there.
        const std::string* named = request.headers.find("access-control-request-method");
        const std::string_view method = named != nullptr ? *named : http::to_string(request.method);
        if (const auto* rule = s3::find_cors_rule(rules, *origin, method, {})) {
            write_rule(*rule, *origin, headers);
        }
    }
    headers.add("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
}

}  // namespace

bool is_preflight(const http::Request& request) {
    return request.method == http::Method::options;
}

std::optional<s3::CorsRules> cors_rules_of(const objects::HostedStore& store,
                                           std::string_view bucket) {
    if (bucket.empty()) {
        return std::nullopt;
    }
    const auto settings = store.bucket_settings(bucket);
    if (!settings) {
        return std::nullopt;
    }
    const auto cors = (*settings)->find(objects::BucketSetting::cors);
    if (cors == (*settings)->end()) {
        return std::nullopt;
    }
    auto rules = s3::parse_cors(cors->second);
    return rules ? std::optional(*std::move(rules)) : std::nullopt;
}

http::Response answer_preflight(const http::Request& request,
                                const std::optional<s3::CorsRules>& rules,
                                const GatewayOptions& options) {
    const std::string* method = request.headers.find("access-control-request-method");
    const std::string* origin = request.headers.find("origin");
    http::Response response;
    if (method == nullptr || origin == nullptr) {
        const auto error = s3::s3_fail("BadRequest",
                                       "Insufficient information. Origin and "
                                       "Access-Control-Request-Method headers needed.");
        response = error_answer(request, error.value());
    } else {
        response = rules ? answer_by_rules(request, *origin, *method, *rules)
                         : answer_by_options(request, *method, options);
    }
    response.headers.add("Vary",
                         "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    return response;
}

void allow_reading(const http::Request& request,
                   const std::optional<s3::CorsRules>& rules,
                   const GatewayOptions& options,
                   http::Response& response) {
    if (rules) {
        allow_reading_by_rules(request, *rules, response.headers);
        return;
    }
    if (options.cors_origins.empty()) {
        return;
    }
    const std::string_view origin = allowed_origin(request, options.cors_origins);
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
