// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "codec/digest.h"
#include "http/message.h"
#include "server/settings.h"

#include <string>
#include <string_view>
#include <unordered_map>

namespace slipway::server {

/// Tells who sends a request: by `Authorization: Bearer TOKEN`, or by the cookie that a browser got
/// for the printed link. Immutable, any thread. Accounts and OIDC will be further ways in.
class Authenticator {
  public:
    explicit Authenticator(const Settings& settings);

    /// The user's name.
    /// Errors: unauthenticated; permission_denied `cross_site`: a request that changes something,
    /// with the cookie, from a page that is not ours.
    Result<std::string> authenticate(const http::Request& request, Time now) const;

    /// The user of a token. Errors: unauthenticated.
    Result<std::string> check_token(std::string_view token) const;

    /// Value of a Set-Cookie header that signs a user in.
    std::string session_cookie(std::string_view user, Time now) const;

  private:
    Result<std::string> check_cookie(std::string_view cookie, Time now) const;
    std::string signature(std::string_view user, std::string_view expires) const;

    /// SHA-256 of the token in hex -> user. Looking up a hash tells nobody anything about a token.
    std::unordered_map<std::string, std::string> users_;
    codec::HmacSha256Key session_key_;
    std::chrono::seconds session_expiry_;
};

/// Refuses hosts that are not ours, see Settings::allowed_hosts.
/// Errors: permission_denied `unknown_host`.
Result<> check_host(const http::Request& request, const Settings& settings);

}  // namespace slipway::server
