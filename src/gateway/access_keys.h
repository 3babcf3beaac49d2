// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "s3/credentials.h"
#include "s3/sigv4.h"

#include <functional>
#include <map>
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
    AccessKey(s3::Credentials credentials,
              std::string region,
              Access granted,
              std::vector<std::string> bound_to = {})
        : signer(std::move(credentials), std::move(region)),
          access(granted),
          buckets(std::move(bound_to)) {}

    const s3::Signer signer;
    const Access access;
    /// Names of buckets; one that ends in '*' stands for all that begin with what is before it.
    /// Empty: all buckets.
    const std::vector<std::string> buckets;

    bool allows(Access needed) const { return needed == Access::read || access == Access::write; }
    /// Whether the key is good for that bucket; for the service itself (no name) each is.
    bool sees(std::string_view bucket) const;
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
    void add(s3::Credentials credentials,
             Access access = Access::write,
             std::vector<std::string> buckets = {});

    std::shared_ptr<const AccessKey> find(std::string_view access_key_id) const override;

  private:
    std::string region_;
    std::map<std::string, std::shared_ptr<const AccessKey>, std::less<>> keys_;
};

}  // namespace slipway::gateway
