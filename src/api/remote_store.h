// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"
#include "slipway/serve.h"

#include "api/runtime.h"
#include "client/credentials.h"
#include "client/endpoint.h"
#include "client/s3_client.h"
#include "net/http_client.h"
#include "objects/retry.h"

#include <memory>
#include <string>

namespace slipway::api {

/// Another S3: the client for it, with retries around it.
class RemoteStore {
  public:
    /// Finds endpoint, region and keys; nothing is sent yet.
    /// Errors: invalid_argument, unauthenticated, io, as load_aws_settings and find_credentials.
    static Result<std::unique_ptr<RemoteStore>> open(Runtime& runtime, const ServeOptions& options);

    objects::ObjectStore& objects() { return *retrying_; }
    const client::Endpoint& endpoint() const { return endpoint_; }
    const s3::Credentials& credentials() const { return credentials_; }
    std::string url() const { return net::origin_url(endpoint_.origin); }

  private:
    RemoteStore() = default;

    client::Endpoint endpoint_;
    s3::Credentials credentials_;
    // Destroyed from the last to the first.
    std::unique_ptr<client::CredentialsSource> source_;
    std::unique_ptr<net::HttpClient> http_;
    std::unique_ptr<client::S3Client> client_;
    std::unique_ptr<objects::RetryingStore> retrying_;
};

}  // namespace slipway::api
