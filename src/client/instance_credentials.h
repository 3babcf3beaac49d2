// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/aws_settings.h"
#include "client/credentials_provider.h"
#include "client/small_request.h"
#include "net/http_client.h"

#include <string>
#include <string_view>
#include <utility>

namespace slipway::client {

/// Credentials of the role of an EC2 instance, from its metadata service, version 2 only: the first
/// lets anyone who can make us send a GET read them.
///
/// AWS_EC2_METADATA_DISABLED, AWS_EC2_METADATA_SERVICE_ENDPOINT and
/// AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE are heeded. A service that is not there is nothing, for
/// most machines are no instance.
/// Source: "Use the Instance Metadata Service", Amazon EC2 User Guide (2026-11).
class InstanceCredentials final : public CredentialsProvider {
  public:
    /// `http` outlives this.
    InstanceCredentials(net::HttpClient& http, Environment environment)
        : http_(http), environment_(std::move(environment)) {}

    std::string name() const override { return "instance"; }
    Task<Offer> ask() override;

  private:
    Result<net::Origin> service() const;
    Task<SmallAnswer> read(const net::Origin& service, std::string path, const std::string& token);
    Task<Offer> ask_for_role(const net::Origin& service, const std::string& token);

    net::HttpClient& http_;
    Environment environment_;
};

}  // namespace slipway::client
