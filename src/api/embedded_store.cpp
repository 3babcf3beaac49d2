// SPDX-License-Identifier: Apache-2.0
#include "api/embedded_store.h"

#include "api/store_keys.h"
#include "s3/limits.h"
#include "s3/names.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::api {
namespace {

Result<std::unique_ptr<gateway::FixedAccessKeys>> make_keys(const EmbeddedStoreOptions& options) {
    auto keys = std::make_unique<gateway::FixedAccessKeys>(options.region);
    if (!options.keys_file.empty()) {
        SLIPWAY_TRY(grants, read_keys_file(options.keys_file));
        for (gateway::KeyGrant& grant : grants) {
            const std::string& id = grant.credentials.access_key_id;
            if (id == options.credentials.access_key_id) {
                return fail(ErrorKind::invalid_argument,
                            fmt::format("{}: key {} is the store's own (store_access_key), which "
                                        "may do everything",
                                        options.keys_file, id));
            }
            keys->add(std::move(grant.credentials), grant.access, std::move(grant.buckets));
        }
    }
    keys->add(options.credentials);
    return keys;
}

/// Under which hosts the store is asked for.
void name_hosts(std::string_view public_url, gateway::GatewayOptions& gateway) {
    // What buckets may stand in front of: "photos.localhost:9000", as SDKs address them unless they
    // are told otherwise.
    gateway.base_hosts = {"localhost"};
    if (const auto scheme = public_url.find("://"); scheme != std::string_view::npos) {
        const std::string_view rest = public_url.substr(scheme + 3);
        const std::string host(rest.substr(0, rest.find('/')));
        gateway.base_hosts.push_back(host);
        gateway.tls_host = public_url.starts_with("https://") ? host : "";
    }
}

}  // namespace

Result<std::unique_ptr<EmbeddedStore>> EmbeddedStore::start(Runtime& runtime,
                                                            const EmbeddedStoreOptions& options) {
    std::unique_ptr<EmbeddedStore> made(new EmbeddedStore());
    store::LocalStoreOptions local;
    local.directory = options.directory;
    SLIPWAY_TRY(opened, store::LocalStore::open(local, runtime.disk, runtime.clock));
    made->store_ = std::move(opened);
    SLIPWAY_TRY(keys, make_keys(options));
    made->keys_ = std::move(keys);
    gateway::GatewayOptions gateway;
    name_hosts(options.public_url, gateway);
    for (const std::string& name : options.public_read_buckets) {
        if (const auto good = s3::check_bucket_name(name); !good) {
            return fail(ErrorKind::invalid_argument,
                        fmt::format("public_read_buckets: '{}': {}", name, good.error().message));
        }
    }
    gateway.public_read_buckets = options.public_read_buckets;
    if (!options.request_log.empty()) {
        SLIPWAY_TRY(log, LineWriter::open(options.request_log, s3::request_log_kept_bytes_max));
        made->request_log_ = std::move(log);
        gateway.request_log = made->request_log_.get();
    }
    gateway.region = options.region;
    gateway.restore_delay = options.restore_delay;
    // A page of any origin may use a URL that was signed for it; without one it can do nothing.
    gateway.cors_origins = {"*"};
    made->gateway_ = std::make_unique<gateway::Gateway>(*made->store_, *made->keys_,
                                                        std::move(gateway), runtime.clock);
    if (!options.bucket.empty()) {
        SLIPWAY_CHECK(runtime.wait_for(ensure_bucket(*made->store_, options.bucket)));
    }
    net::HttpServerLimits limits;
    limits.connections_max = options.connections_max;
    made->http_ = std::make_unique<net::HttpServer>(runtime.io, *made->gateway_, runtime.pool,
                                                    "slipway-store", limits);
    SLIPWAY_TRY(port, listen(*made->http_, "store_listen", options.listen));
    made->url_ = local_url(options.listen, port);
    return made;
}

Task<> ensure_bucket(objects::ObjectStore& store, std::string bucket) {
    const auto there = co_await store.head_bucket(bucket);
    if (there || there.error().kind != ErrorKind::not_found) {
        if (there) {
            co_return Result<>();
        }
        co_return fail(there.error());
    }
    auto made = co_await store.create_bucket(bucket);
    if (!made && made.error().code != "BucketAlreadyOwnedByYou") {
        made.error().message =
            fmt::format("cannot make the bucket {}: {}", bucket, made.error().message);
        co_return made;
    }
    co_return Result<>();
}

}  // namespace slipway::api
