// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "s3/credentials.h"
#include "task/task.h"

#include <optional>
#include <string>
#include <utility>

namespace slipway::client {

/// What one place has: credentials, or words why there are none in it.
struct Offer {
    std::optional<s3::Credentials> credentials;
    std::string why_not;

    static Offer nothing(std::string why) { return Offer{std::nullopt, std::move(why)}; }
};

/// One place credentials may come from; CredentialsChain asks them in turn.
class CredentialsProvider {
  public:
    virtual ~CredentialsProvider() = default;

    /// For messages: "environment".
    virtual std::string name() const = 0;

    /// Asks anew each time. An error means that this place was meant and does not work: those after
    /// it are not asked then. Neither it nor `why_not` holds a secret.
    virtual Task<Offer> ask() = 0;
};

}  // namespace slipway::client
