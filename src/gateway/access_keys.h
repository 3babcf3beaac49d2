// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "s3/credentials.h"
#include "s3/sigv4.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::gateway {

/// What an operation needs, and what a key grants.
enum class Access {
    read,   ///< look, list, download
    write,  ///< everything
};

/// Somebody who may sign requests. Immutable, any thread.
struct AccessKey {
    AccessKey(s3::Credentials credentials, std::string region, Access granted)
        : signer(std::move(credentials), std::move(region)), access(granted) {}

    const s3::Signer signer;
    const Access access;

    bool allows(Access needed) const { return needed == Access::read || access == Access::write; }
};

/// Who may sign requests. Any thread.
class AccessKeys {
  public:
    virtual ~AccessKeys() = default;

    /// The key of that id, or nullptr. Shared: a key may be withdrawn while a request under way
    /// still holds it.
    virtual std::shared_ptr<const AccessKey> find(std::string_view access_key_id) const = 0;
};

/// Keys known at the start.
class FixedAccessKeys final : public AccessKeys {
  public:
    explicit FixedAccessKeys(std::string region) : region_(std::move(region)) {}

    /// Before the first find().
    void add(s3::Credentials credentials, Access access = Access::write);

    std::shared_ptr<const AccessKey> find(std::string_view access_key_id) const override;

  private:
    std::string region_;
    std::vector<std::shared_ptr<const AccessKey>> keys_;
};

}  // namespace slipway::gateway
