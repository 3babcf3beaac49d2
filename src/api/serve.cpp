// SPDX-License-Identifier: Apache-2.0
#include "slipway/serve.h"

#include "slipway/version.h"

#include "api/data_dir.h"
#include "api/embedded_store.h"
#include "api/keys.h"
#include "api/process.h"
#include "api/remote_store.h"
#include "api/runtime.h"
#include "api/service_settings.h"
#include "base/log.h"
#include "base/random.h"
#include "catalog/sqlite_catalog.h"
#include "codec/percent.h"
#include "net/http_server.h"
#include "server/presigner.h"
#include "server/upload_service.h"
#include "task/pause.h"

#include <boost/asio/detached.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace slipway {
namespace {

/// Forgets what was never confirmed, for as long as the I/O threads run. A grace shorter than the
/// interval is kept to as well.
Async<void> reap_now_and_then(server::UploadService& service, std::chrono::seconds grace) {
    const auto interval = std::min(limits::reaper_interval, grace);
    while (true) {
        co_await pause_for(interval);
        const auto report = co_await service.reap();
        if (!report) {
            log::warn("the reaper: {}", report.error().message);
        } else if (report->uploads + report->failed > 0) {
            log::info("the reaper removed {} uploads that were never confirmed, {} are left",
                      report->uploads, report->failed);
        }
    }
}

api::RuntimeOptions runtime_options(const ServeOptions& options) {
    api::RuntimeOptions runtime;
    runtime.io_threads = options.io_threads;
    runtime.disk_threads = options.disk_threads;
    runtime.memory = options.memory;
    return runtime;
}

}  // namespace

struct Server::State {
    explicit State(ServeOptions given)
        : options(std::move(given)), runtime(runtime_options(options)) {}

    ~State() {
        runtime.forward_memory.close();  // whoever waits for memory does not notice the end
        http.reset();
        if (embedded) {
            embedded->close();
        }
        runtime.io.stop();  // nothing runs any more when the parts go
    }

    Result<> start();
    Result<> start_embedded_store();
    Result<> start_remote_store();
    Result<> start_service();
    objects::ObjectStore& objects() { return embedded ? embedded->objects() : remote->objects(); }

    ServeOptions options;
    std::string url;
    std::string store_url;
    std::string link;

    // Destroyed from the last to the first.
    api::Runtime runtime;
    std::unique_ptr<api::EmbeddedStore> embedded;  // one of the two
    std::unique_ptr<api::RemoteStore> remote;
    std::unique_ptr<catalog::SqliteCatalog> catalog;
    std::optional<server::Presigner> presigner;
    std::unique_ptr<server::UploadService> service;
    std::unique_ptr<net::HttpServer> http;
};

Result<> Server::State::start_embedded_store() {
    SLIPWAY_TRY(credentials, api::store_credentials(options.data_dir, options.store_access_key,
                                                    options.store_secret_key));
    const std::string region = options.region.empty() ? "us-east-1" : options.region;
    auto signer = std::make_shared<const s3::Signer>(credentials, region);
    api::EmbeddedStoreOptions store;
    store.listen = options.store_listen;
    store.directory = options.data_dir + "/store";
    store.credentials = std::move(credentials);
    store.region = region;
    store.bucket = options.bucket;
    store.public_url = options.public_store_url;
    store.keys_file = options.keys_file;
    store.public_read_buckets = options.public_read_buckets;
    store.request_log = options.request_log;
    store.restore_delay = options.restore_delay;
    store.connections_max = options.connections_max;
    SLIPWAY_TRY(started, api::EmbeddedStore::start(runtime, store));
    embedded = std::move(started);
    store_url = options.public_store_url.empty() ? embedded->url() : options.public_store_url;
    presigner.emplace(std::move(signer), store_url, "/" + options.bucket);
    return {};
}

Result<> Server::State::start_remote_store() {
    S3Options s3;
    s3.endpoint_url = options.s3_endpoint == "aws" ? "" : options.s3_endpoint;
    s3.region = options.region;
    s3.profile = options.s3_profile;
    s3.addressing = options.s3_addressing;
    SLIPWAY_TRY(opened, api::RemoteStore::open(runtime, s3));
    remote = std::move(opened);
    SLIPWAY_TRY(credentials, runtime.wait_for(remote->credentials()));
    SLIPWAY_CHECK(runtime.wait_for(api::ensure_bucket(remote->objects(), options.bucket)));
    const client::Endpoint& endpoint = remote->endpoint();
    auto signer = std::make_shared<const s3::Signer>(*credentials, endpoint.region);
    const auto address = client::address_of(endpoint, options.bucket, endpoint.region);
    store_url = net::origin_url(address.origin);
    std::string path_prefix = address.path_prefix;
    if (!options.public_store_url.empty()) {
        store_url = options.public_store_url;
        path_prefix = "/" + options.bucket;
    }
    presigner.emplace(std::move(signer), store_url, std::move(path_prefix));
    return {};
}

Result<> Server::State::start_service() {
    SLIPWAY_TRY(keys, api::open_keys(options.data_dir));
    SLIPWAY_TRY(opened, catalog::SqliteCatalog::open(options.data_dir + "/catalog.db"));
    catalog = std::move(opened);
    if (options.token.empty()) {
        options.token = random_hex(24);
    }
    service = std::make_unique<server::UploadService>(
        objects(), *catalog, *presigner,
        api::service_settings(options, store_url, keys.session_key), runtime.clock,
        runtime.forward_memory);
    net::HttpServerLimits limits;
    limits.connections_max = options.connections_max;
    http = std::make_unique<net::HttpServer>(runtime.io, *service, runtime.pool, "slipway", limits);
    SLIPWAY_TRY(port, api::listen(*http, "listen", options.listen));
    url = options.public_url.empty() ? api::local_url(options.listen, port) : options.public_url;
    link = url + "/?token=" + codec::percent_encode(options.token, false);
    boost::asio::co_spawn(runtime.io.loop(0), reap_now_and_then(*service, options.confirm_grace),
                          boost::asio::detached);
    return {};
}

Result<> Server::State::start() {
    SLIPWAY_TRY(data_dir, api::open_data_dir(options.data_dir));
    options.data_dir = std::move(data_dir);
    runtime.io.start();
    SLIPWAY_CHECK(options.s3_endpoint.empty() ? start_embedded_store() : start_remote_store());
    SLIPWAY_CHECK(start_service());
    if (!api::is_loopback(options.listen) && options.public_url.empty()) {
        log::warn(
            "listening on {}: whoever reaches this machine can try to sign in, and tokens "
            "travel in the clear; put TLS in front and set public_url",
            options.listen);
    }
    return options.ready_file.empty() ? Result<>()
                                      : api::write_ready_file(options.ready_file, url, store_url);
}

Result<std::unique_ptr<Server>> Server::start(ServeOptions options) {
    log::start(options.log_level);
    SLIPWAY_CHECK(api::check_options(options));
    api::raise_file_limit();
    auto state = std::make_unique<State>(std::move(options));
    SLIPWAY_CHECK(state->start());
    return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {
}
Server::~Server() = default;

const std::string& Server::url() const {
    return state_->url;
}

const std::string& Server::store_url() const {
    return state_->store_url;
}

const std::string& Server::link() const {
    return state_->link;
}

const std::string& Server::data_dir() const {
    return state_->options.data_dir;
}

void Server::stop() {
    // The store last: what still arrives at the upload server may need it.
    state_->http->drain(state_->options.drain_time_max);
    if (state_->embedded) {
        state_->embedded->drain(state_->options.drain_time_max);
    }
}

}  // namespace slipway
