// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/aws_settings.h"
#include "client/credentials_provider.h"
#include "client/sts.h"

#include <string>
#include <utility>

namespace slipway::client {

/// The role in AWS_ROLE_ARN, taken on with the token in the file AWS_WEB_IDENTITY_TOKEN_FILE, as in
/// Kubernetes. The file is read each time: its token is exchanged while we run.
class WebIdentityCredentials final : public CredentialsProvider {
  public:
    /// `sts` outlives this.
    WebIdentityCredentials(TokenService& sts, Environment environment)
        : sts_(sts), environment_(std::move(environment)) {}

    std::string name() const override { return "web identity"; }
    Task<Offer> ask() override;

  private:
    TokenService& sts_;
    Environment environment_;
};

/// The same for a role and file named elsewhere. Errors: also unauthenticated for an empty file.
Task<s3::Credentials> assume_with_token_file(TokenService& sts,
                                             const RoleRequest& role,
                                             const std::string& token_file);

}  // namespace slipway::client
