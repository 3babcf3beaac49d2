// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "net/http_client.h"
#include "s3/credentials.h"
#include "task/task.h"

#include <string>
#include <utility>

namespace slipway::client {

/// What a role is taken on with.
struct RoleRequest {
    std::string role_arn;
    std::string session_name;      ///< empty: "slipway-" and the time
    std::string external_id;       ///< AssumeRole only
    std::string duration_seconds;  ///< empty: the service's default, an hour
};

/// AWS's Security Token Service, as far as it hands out credentials.
/// Source: AWS Security Token Service API Reference, version 2011-06-15 (checked 2026-11).
class TokenService {
  public:
    /// `url` empty: Amazon's own for the region. `http` and `clock` outlive this.
    TokenService(net::HttpClient& http, std::string url, std::string region, const Clock& clock)
        : http_(http), url_(std::move(url)), region_(std::move(region)), clock_(clock) {}

    /// Signed with credentials that may take the role on.
    /// Errors: unauthenticated with the service's code and words; unavailable, timeout, corrupted.
    Task<s3::Credentials> assume_role(const RoleRequest& role, const s3::Credentials& by);

    /// With the token of an identity provider that the role trusts; not signed.
    Task<s3::Credentials> assume_role_with_web_identity(const RoleRequest& role,
                                                        const std::string& token);

  private:
    Task<s3::Credentials> ask(std::string action, std::string form, const s3::Credentials* by);

    net::HttpClient& http_;
    std::string url_;
    std::string region_;
    const Clock& clock_;
};

}  // namespace slipway::client
