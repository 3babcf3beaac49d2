// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "client/credentials.h"
#include "client/endpoint.h"
#include "net/http_client.h"
#include "objects/object_store.h"
#include "s3/sigv4.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace slipway::client {

/// An ObjectStore whose objects live behind S3's HTTP API: Amazon, MinIO, Ceph, our own gateway.
///
/// Sends each request once (plus once more to the region a bucket turns out to be in); for more,
/// wrap it in objects::RetryingStore. Call from coroutines on the HTTP client's I/O threads.
class S3Client final : public objects::ObjectStore {
  public:
    /// All references outlive this.
    S3Client(net::HttpClient& http,
             CredentialsSource& credentials,
             Endpoint endpoint,
             const Clock& clock);

    /// A body needs a size: S3 has to know it before the first byte.
    /// Errors: also invalid_argument `MissingContentLength`.
    Task<objects::ObjectInfo> put(const objects::PutRequest& request, BodyReader& body) override;
    Task<objects::GetResult> get(const objects::GetRequest& request) override;
    Task<objects::ObjectInfo> head(const objects::GetRequest& request) override;
    Task<> remove(std::string_view bucket, std::string_view key) override;
    Task<objects::ObjectInfo> copy(const objects::CopyRequest& request) override;
    Task<objects::ListResult> list(const objects::ListRequest& request) override;
    Task<> create_bucket(std::string_view bucket) override;
    Task<objects::BucketInfo> head_bucket(std::string_view bucket) override;
    Task<> remove_bucket(std::string_view bucket) override;
    Task<std::vector<objects::BucketInfo>> list_buckets() override;

  private:
    /// A request of S3's, not yet addressed and signed.
    struct Operation {
        http::Method method = http::Method::get;
        std::string bucket;
        std::string key;    ///< decoded
        std::string query;  ///< encoded
        http::Headers headers;
        /// The body: `bytes`, unless `reader` is set.
        std::string bytes;
        BodyReader* reader = nullptr;
        std::string payload_hash = std::string(s3::unsigned_payload_hash);
    };

    /// Sends; an answer of 300 and above is its Error, whose message begins with `attempt`, e.g.
    /// "put photos/a.jpg".
    Task<net::ClientResponse> send(Operation operation, std::string attempt);
    Task<net::ClientResponse> send_to_region(Operation& operation, const std::string& region);
    /// The same with the answer's whole body.
    Task<std::string> send_for_document(Operation operation, std::string attempt);

    Task<net::ClientResponse> send_read(http::Method method, const objects::GetRequest& request);

    std::string region_of(const std::string& bucket) const;
    void remember_region(const std::string& bucket, std::string region);
    /// Signers are kept: each has the day's key.
    std::shared_ptr<const s3::Signer> signer_for(const s3::Credentials& credentials,
                                                 const std::string& region);

    net::HttpClient& http_;
    CredentialsSource& credentials_;
    const Endpoint endpoint_;
    const Clock& clock_;

    mutable std::mutex mutex_;  // guards what follows; never held across co_await
    std::map<std::string, std::string, std::less<>> regions_;  // of buckets that are elsewhere
    std::map<std::string, std::shared_ptr<const s3::Signer>> signers_;  // by region
};

}  // namespace slipway::client
