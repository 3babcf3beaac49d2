// SPDX-License-Identifier: Apache-2.0
#include "server/page_handler.h"

#include "http/conditions.h"
#include "http/problem.h"
#include "http/router.h"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::server {
namespace {

/// Whether Accept-Encoding names gzip, and not with a weight of 0 (RFC 9110, section 12.5.3).
bool accepts_gzip(const http::Request& request) {
    std::string_view rest = request.headers.get("Accept-Encoding");
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        const std::string_view coding = rest.substr(0, comma);
        const auto semicolon = coding.find(';');
        if (http::equal_ignoring_case(http::trimmed(coding.substr(0, semicolon)), "gzip")) {
            const auto weight = coding.find("q=", std::min(semicolon, coding.size()));
            return weight == std::string_view::npos ||
                   coding.find_first_of("123456789", weight) != std::string_view::npos;
        }
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    return false;
}

/// Whether If-None-Match names what `asset` is (RFC 9110, section 13.1.2: weakness does not count).
bool browser_has(const http::Request& request, const Asset& asset) {
    const std::string wanted = http::unquoted_etags(request.headers.get("If-None-Match"));
    const std::string own = http::unquoted_etags(asset.etag);
    std::string_view rest = wanted;
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        const std::string_view each = rest.substr(0, comma);
        if (each == "*" || each == own) {
            return true;
        }
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    return false;
}

}  // namespace

const Asset* PageHandler::find(std::string_view path) const {
    const auto found = std::lower_bound(
        assets_.begin(), assets_.end(), path,
        [](const Asset& asset, std::string_view wanted) { return asset.path < wanted; });
    return found != assets_.end() && found->path == path ? &*found : nullptr;
}

std::optional<http::Response> PageHandler::answer(const http::Request& request, Time now) const {
    if (request.method != http::Method::get && request.method != http::Method::head) {
        return std::nullopt;
    }
    const std::string_view path = request.path();
    if (path == "/") {
        const auto token = http::query_parameter(request.query(), "token");
        if (!token) {
            return http::problem(token.error());
        }
        if (*token) {
            return sign_in(**token, now);
        }
    }
    const Asset* asset = find(path == "/" ? "/index.html" : path);
    if (asset == nullptr) {
        return std::nullopt;
    }
    return asset_response(request, *asset);
}

/// The token does not stay in the address bar, the history or a Referer.
http::Response PageHandler::sign_in(std::string_view token, Time now) const {
    const auto user = auth_.check_token(token);
    if (!user) {
        return http::problem(user.error());
    }
    http::Response response;
    response.status = 303;
    response.headers.add("Location", "/");
    response.headers.add("Set-Cookie", auth_.session_cookie(*user, now));
    response.headers.add("Cache-Control", "no-store");
    response.headers.add("Referrer-Policy", "no-referrer");
    return response;
}

http::Response PageHandler::asset_response(const http::Request& request, const Asset& asset) const {
    http::Response response;
    // Weak, because the plain and the compressed form share it.
    response.headers.add("ETag", fmt::format("W/{}", asset.etag));
    response.headers.add("Cache-Control",
                         asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
    response.headers.add("Vary", "Accept-Encoding");
    if (browser_has(request, asset)) {
        response.status = 304;
        return response;
    }
    response.headers.add("Content-Type", std::string(asset.content_type));
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.headers.add("Referrer-Policy", "no-referrer");
    response.headers.add(
        "Content-Security-Policy",
        fmt::format("default-src 'self'; connect-src 'self' {}; img-src 'self' data: blob:; "
                    "style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                    settings_.store_origin));
    if (!asset.gzip_bytes.empty() && accepts_gzip(request)) {
        response.headers.add("Content-Encoding", "gzip");
        response.body = StaticBytes{asset.gzip_bytes};
    } else {
        response.body = StaticBytes{asset.bytes};
    }
    return response;
}

}  // namespace slipway::server
