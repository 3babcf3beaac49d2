// SPDX-License-Identifier: Apache-2.0
#include "api/embedded_store.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::api {

Result<std::unique_ptr<EmbeddedStore>> EmbeddedStore::start(Runtime& runtime,
                                                            const EmbeddedStoreOptions& options) {
    std::unique_ptr<EmbeddedStore> made(new EmbeddedStore());
    store::LocalStoreOptions local;
    local.directory = options.directory;
    SLIPWAY_TRY(opened, store::LocalStore::open(local, runtime.disk, runtime.clock));
    made->store_ = std::move(opened);
    made->keys_ = std::make_unique<gateway::FixedAccessKeys>(options.region);
    made->keys_->add(options.credentials);
    gateway::GatewayOptions gateway;
    gateway.region = options.region;
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
