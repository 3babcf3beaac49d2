// SPDX-License-Identifier: Apache-2.0
#pragma once

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
    /// A store says that these have ended. Whoever can have others fetches them with the next call
    /// of credentials(), unless these were replaced already or that was tried just before.
    virtual void refused(const CredentialsPtr& /*credentials*/) {}
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

}  // namespace slipway::client
