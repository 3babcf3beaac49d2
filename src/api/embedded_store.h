// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "api/runtime.h"
#include "gateway/access_keys.h"
#include "gateway/gateway.h"
#include "net/http_server.h"
#include "s3/credentials.h"
#include "store/local_store.h"
#include "task/line_writer.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace slipway::api {

struct EmbeddedStoreOptions {
    std::string listen;
    std::string directory;  ///< made when it is missing
    s3::Credentials credentials;
    std::string region;
    std::string bucket;  ///< made when it is missing; empty: none
    /// "https://s3.example.org": buckets may stand in front of its host. Empty: none.
    std::string public_url;
    std::string keys_file;  ///< further keys; empty: none
    std::vector<std::string> public_read_buckets;
    std::string request_log;  ///< a path, "-" for standard output; empty: none
    std::chrono::seconds restore_delay{0};
    unsigned connections_max = 0;
};

/// The store on local disk with S3's API on a port of its own.
class EmbeddedStore {
  public:
    /// Opens the store and listens. Errors: those of LocalStore::open and HttpServer::listen.
    static Result<std::unique_ptr<EmbeddedStore>> start(Runtime& runtime,
                                                        const EmbeddedStoreOptions& options);

    objects::ObjectStore& objects() { return *store_; }
    /// By the address listened on.
    const std::string& url() const { return url_; }
    void drain(std::chrono::milliseconds time_max) { http_->drain(time_max); }
    /// Ends all connections. Called while the I/O threads still run, before this is destroyed.
    void close() { http_.reset(); }

  private:
    EmbeddedStore() = default;

    // Destroyed from the last to the first.
    std::unique_ptr<store::LocalStore> store_;
    std::unique_ptr<gateway::FixedAccessKeys> keys_;
    std::unique_ptr<LineWriter> request_log_;
    std::unique_ptr<gateway::Gateway> gateway_;
    std::unique_ptr<net::HttpServer> http_;
    std::string url_;
};

/// Makes the bucket unless it is there.
Task<> ensure_bucket(objects::ObjectStore& store, std::string bucket);

}  // namespace slipway::api
