// SPDX-License-Identifier: Apache-2.0
#include "server/auth.h"

#include "base/secret.h"
#include "codec/base64.h"
#include "codec/hex.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace slipway::server {
namespace {

constexpr std::string_view cookie_name = "slipway_session";
constexpr std::string_view bearer = "Bearer ";

tl::unexpected<Error> unauthenticated(std::string words) {
    return fail(ErrorKind::unauthenticated, std::move(words), "unauthenticated");
}

/// The value of one cookie of a Cookie header (RFC 6265), empty when it is not there.
std::string_view find_cookie(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        const auto end = header.find(';');
        std::string_view pair = header.substr(0, end);
        pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
        if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
            return pair.substr(name.size() + 1);
        }
        if (end == std::string_view::npos) {
            break;
        }
        header.remove_prefix(end + 1);
    }
    return {};
}

bool changes_something(http::Method method) {
    return method != http::Method::get && method != http::Method::head &&
           method != http::Method::options;
}

/// Whether the page that sent this is served by the very host it is sent to. Browsers tell with
/// every request that changes something, and pages cannot lie about it; who says nothing is no
/// browser.
bool from_own_page(const http::Request& request) {
    const std::string_view origin = request.headers.get("Origin");
    if (origin.empty()) {
        const std::string_view site = request.headers.get("Sec-Fetch-Site");
        return site.empty() || site == "same-origin" || site == "none";
    }
    const auto scheme_end = origin.find("://");
    return scheme_end != std::string_view::npos &&
           http::equal_ignoring_case(origin.substr(scheme_end + 3), request.headers.get("Host"));
}

}  // namespace

Authenticator::Authenticator(const Settings& settings)
    : session_key_(settings.session_key.reveal()), session_expiry_(settings.session_expiry) {
    for (const User& user : settings.users) {
        users_.emplace(user.token_sha256, user.name);
    }
}

Result<std::string> Authenticator::check_token(std::string_view token) const {
    const auto digest = codec::sha256(token);
    const auto found = users_.find(codec::hex_encode(digest));
    if (token.empty() || found == users_.end()) {
        return unauthenticated(
            "this token is not known; `slipway serve` prints the link with the "
            "right one");
    }
    return found->second;
}

Result<std::string> Authenticator::authenticate(const http::Request& request, Time now) const {
    const std::string_view authorization = request.headers.get("Authorization");
    if (authorization.size() > bearer.size() &&
        http::equal_ignoring_case(authorization.substr(0, bearer.size()), bearer)) {
        return check_token(authorization.substr(bearer.size()));
    }
    const std::string_view cookie = find_cookie(request.headers.get("Cookie"), cookie_name);
    if (cookie.empty()) {
        return unauthenticated(
            "send Authorization: Bearer TOKEN, or open the link that `slipway "
            "serve` printed");
    }
    SLIPWAY_TRY(user, check_cookie(cookie, now));
    if (changes_something(request.method) && !from_own_page(request)) {
        return fail(ErrorKind::permission_denied,
                    "a request signed in by cookie must come from Slipway's own page; use a token",
                    "cross_site");
    }
    return user;
}

// "<base64 of the user>.<seconds since 1970>.<hex HMAC>": nothing is kept on our side.
std::string Authenticator::session_cookie(std::string_view user, Time now) const {
    const auto expires = std::chrono::duration_cast<std::chrono::seconds>(
        (now + session_expiry_).time_since_epoch());
    const std::string expires_text = std::to_string(expires.count());
    return fmt::format("{}={}.{}.{}; HttpOnly; SameSite=Strict; Path=/; Max-Age={}", cookie_name,
                       codec::base64_encode(user), expires_text, signature(user, expires_text),
                       session_expiry_.count());
}

std::string Authenticator::signature(std::string_view user, std::string_view expires) const {
    const auto digest = session_key_.sign(fmt::format("{}\n{}", user, expires));
    return codec::hex_encode(digest);
}

Result<std::string> Authenticator::check_cookie(std::string_view cookie, Time now) const {
    const auto refused = [] {
        return unauthenticated(
            "you are not signed in any more; open the link that `slipway serve` "
            "printed");
    };
    const auto first = cookie.find('.');
    const auto second = cookie.rfind('.');
    if (first == std::string_view::npos || second == first) {
        return refused();
    }
    const auto user = codec::base64_decode(cookie.substr(0, first));
    const std::string_view expires = cookie.substr(first + 1, second - first - 1);
    if (!user || !equal_in_constant_time(signature(*user, expires), cookie.substr(second + 1))) {
        return refused();
    }
    std::int64_t seconds = 0;
    std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
    if (Time(std::chrono::seconds(seconds)) < now) {
        return refused();
    }
    // Somebody taken off the settings is out, whatever cookies are around.
    const bool known = std::any_of(users_.begin(), users_.end(),
                                   [&user](const auto& each) { return each.second == *user; });
    if (!known) {
        return refused();
    }
    return *user;
}

Result<> check_host(const http::Request& request, const Settings& settings) {
    if (settings.allowed_hosts.empty()) {
        return {};
    }
    std::string_view host = request.headers.get("Host");
    const auto colon = host.rfind(':');
    if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
        host = host.substr(0, colon);
    }
    for (const std::string& allowed : settings.allowed_hosts) {
        if (http::equal_ignoring_case(host, allowed)) {
            return {};
        }
    }
    return fail(ErrorKind::permission_denied,
                fmt::format("this server does not answer for the host '{}'", host), "unknown_host");
}

}  // namespace slipway::server
