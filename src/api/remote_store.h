// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"
#include "slipway/s3.h"

#include "api/runtime.h"
#include "client/credentials.h"
#include "client/endpoint.h"
#include "client/s3_client.h"
#include "net/http_client.h"
#include "objects/retry.h"

#include <memory>
#include <string>

namespace slipway::api {

/// Another S3: the client for it, and the same with retries around it.
class RemoteStore {
  public:
    /// Finds endpoint, region and where keys come from; nothing is sent yet.
    /// Errors: invalid_argument, io, as load_aws_settings and make_endpoint.
    static Result<std::unique_ptr<RemoteStore>> open(Runtime& runtime, const S3Options& options);

    objects::ObjectStore& objects() { return *retrying_; }
    /// Each request once: for the engine, which repeats by itself.
    objects::ObjectStore& objects_once() { return *client_; }
    const client::Endpoint& endpoint() const { return endpoint_; }
    /// nullptr: requests are not signed. Errors: unauthenticated, saying every place that was
    /// asked.
    Task<client::CredentialsPtr> credentials() { return source_->credentials(); }
    std::string url() const { return net::origin_url(endpoint_.origin); }

  private:
    RemoteStore() = default;

    client::Endpoint endpoint_;
    // Destroyed from the last to the first.
    std::unique_ptr<net::HttpClient> http_;
    std::unique_ptr<client::CredentialsSource> source_;
    std::unique_ptr<client::S3Client> client_;
    std::unique_ptr<objects::RetryingStore> retrying_;
};

}  // namespace slipway::api
