// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/aws_settings.h"
#include "client/credentials_provider.h"
#include "client/sts.h"
#include "net/http_client.h"

#include <string>
#include <utility>
#include <vector>

namespace slipway::client {

/// What a profile of the shared files says: keys, a program to run, or a role to take on with the
/// credentials of another profile or place.
///
/// Of several things said the first counts: role_arn (with web_identity_token_file, source_profile
/// or credential_source); keys in the credentials file; credential_process; keys in the config
/// file. Sign-in through IAM Identity Center and codes of MFA devices are refused with words what
/// to do instead.
/// Source: "Assume role credential provider", AWS SDKs and Tools Reference Guide (2026-11).
class ProfileCredentials final : public CredentialsProvider {
  public:
    /// `sts` and `http` outlive this.
    ProfileCredentials(TokenService& sts,
                       net::HttpClient& http,
                       Environment environment,
                       SharedFiles files)
        : sts_(sts), http_(http), environment_(std::move(environment)), files_(std::move(files)) {}

    std::string name() const override { return "profile '" + files_.profile + "'"; }
    Task<Offer> ask() override;

  private:
    struct Profile;
    Task<Offer> ask_profile(std::string name, std::vector<std::string> on_the_way);
    Task<s3::Credentials> assume_role(const Profile& profile, std::vector<std::string> on_the_way);
    Task<s3::Credentials> ask_source(const Profile& profile, std::vector<std::string> on_the_way);
    Result<Offer> offer_keys(const IniSection* section, const std::string& path) const;

    TokenService& sts_;
    net::HttpClient& http_;
    Environment environment_;
    SharedFiles files_;
};

}  // namespace slipway::client
