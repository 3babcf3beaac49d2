// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/aws_settings.h"
#include "client/credentials_provider.h"
#include "net/http_client.h"

#include <string>
#include <string_view>
#include <utility>

namespace slipway::client {

/// Credentials of the agent beside a container: ECS tasks, EKS pods, others that speak the same.
///
/// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI says where it is,
/// AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or _TOKEN what it wants to be shown. Without TLS only
/// this machine and the agents' own addresses are asked: the answer is a secret.
/// Source: "Container credential provider", AWS SDKs and Tools Reference Guide (2026-11).
class ContainerCredentials final : public CredentialsProvider {
  public:
    /// `http` outlives this. `relative_host`: what a relative URI is relative to.
    ContainerCredentials(net::HttpClient& http,
                         Environment environment,
                         std::string relative_host = "http://169.254.170.2")
        : http_(http),
          environment_(std::move(environment)),
          relative_host_(std::move(relative_host)) {}

    std::string name() const override { return "container"; }
    Task<Offer> ask() override;

  private:
    Result<std::string> authorization() const;

    net::HttpClient& http_;
    Environment environment_;
    std::string relative_host_;
};

/// Whether that agent may be asked.
bool may_be_asked(const net::Origin& agent);

}  // namespace slipway::client
