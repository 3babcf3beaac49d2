// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/aws_settings.h"
#include "client/credentials_provider.h"

#include <utility>

namespace slipway::client {

/// Keys written in AWS_ACCESS_KEY_ID and its kin.
class EnvironmentCredentials final : public CredentialsProvider {
  public:
    explicit EnvironmentCredentials(Environment environment)
        : environment_(std::move(environment)) {}
    std::string name() const override { return "environment"; }
    Task<Offer> ask() override;

  private:
    Environment environment_;
};

}  // namespace slipway::client
