// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "gateway/access_keys.h"
#include "gateway/call.h"
#include "http/message.h"
#include "objects/hosted_store.h"
#include "s3/target.h"

#include <memory>

namespace slipway::gateway {

/// S3's HTTP API in front of any HostedStore.
///
/// Each request passes the same steps in the same order (design decision 7): limits, who sends it,
/// whether they may, the operation; the first byte of its body is read by the operation. Immutable;
/// any I/O thread.
class Gateway final : public http::Handler {
  public:
    /// All references outlive the gateway.
    Gateway(objects::HostedStore& store,
            const AccessKeys& keys,
            GatewayOptions options,
            const Clock& clock);

    Async<http::Response> handle(const http::Request& request, BodyReader& body) override;

  private:
    struct Progress;
    Result<std::shared_ptr<const AccessKey>> authenticate(const http::Request& request,
                                                          Progress& progress) const;
    Task<http::Response> perform(const http::Request& request,
                                 BodyReader& body,
                                 Result<s3::S3Target> target,
                                 Progress& progress);

    objects::HostedStore& store_;
    const AccessKeys& keys_;
    const GatewayOptions options_;
    const Clock& clock_;
};

}  // namespace slipway::gateway
