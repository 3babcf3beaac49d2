// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/aws_settings.h"
#include "s3/credentials.h"
#include "task/task.h"

#include <memory>
#include <utility>

namespace slipway::client {

/// Credentials as they are shared by the requests that are signed with them. nullptr: requests are
/// sent without a signature, as for public buckets.
using CredentialsPtr = std::shared_ptr<const s3::Credentials>;

/// Where a client gets the credentials it signs with. Any I/O thread.
class CredentialsSource {
  public:
    virtual ~CredentialsSource() = default;
    /// Credentials that are good now; the same pointer for as long as they are.
    /// Errors: unauthenticated, unavailable.
    virtual Task<CredentialsPtr> credentials() = 0;
};

/// Always the same ones.
class FixedCredentials final : public CredentialsSource {
  public:
    explicit FixedCredentials(s3::Credentials credentials)
        : credentials_(std::make_shared<const s3::Credentials>(std::move(credentials))) {}
    Task<CredentialsPtr> credentials() override { co_return credentials_; }

  private:
    CredentialsPtr credentials_;
};

/// None: requests go out without a signature.
class AnonymousCredentials final : public CredentialsSource {
  public:
    Task<CredentialsPtr> credentials() override { co_return nullptr; }
};

/// Looks for written keys where the AWS SDKs look, and takes the first it finds: the environment,
/// then the profile in the credentials file, then in the config file. A profile that was chosen by
/// name in a flag goes before the environment, as with the AWS command line.
///
/// These are the keys that last; for those that have to be asked for see credentials_chain.h.
///
/// Errors: unauthenticated, saying every place that was looked at; invalid_argument when a place
/// has one half of a key pair.
Result<s3::Credentials> find_credentials(const Environment& environment,
                                         const SharedFiles& files,
                                         bool profile_by_flag);

}  // namespace slipway::client
