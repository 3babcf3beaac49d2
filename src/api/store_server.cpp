// SPDX-License-Identifier: Apache-2.0
#include "slipway/serve.h"

#include "api/data_dir.h"
#include "api/embedded_store.h"
#include "api/keys.h"
#include "api/process.h"
#include "api/runtime.h"
#include "base/log.h"

#include <utility>

namespace slipway {

struct StoreServer::State {
    explicit State(const api::RuntimeOptions& on) : runtime(on) {}
    ~State() {
        if (store) {
            store->close();
        }
        runtime.io.stop();  // nothing runs any more when the parts go
    }

    StoreOptions options;
    std::string url;
    api::Runtime runtime;
    std::unique_ptr<api::EmbeddedStore> store;
};

Result<std::unique_ptr<StoreServer>> StoreServer::start(StoreOptions options) {
    log::start(options.log_level);
    api::raise_file_limit();
    SLIPWAY_TRY(data_dir, api::open_data_dir(options.data_dir));
    SLIPWAY_TRY(credentials,
                api::store_credentials(data_dir, options.access_key, options.secret_key));
    api::RuntimeOptions runtime;
    runtime.io_threads = options.io_threads;
    runtime.disk_threads = options.disk_threads;
    runtime.memory = options.memory;
    auto state = std::make_unique<State>(runtime);
    state->options = std::move(options);
    state->options.data_dir = data_dir;
    state->runtime.io.start();

    api::EmbeddedStoreOptions store;
    store.listen = state->options.listen;
    store.directory = data_dir + "/store";
    store.credentials = std::move(credentials);
    store.region = state->options.region;
    store.bucket = state->options.bucket;
    store.public_url = state->options.public_url;
    store.keys_file = state->options.keys_file;
    store.public_read_buckets = state->options.public_read_buckets;
    store.request_log = state->options.request_log;
    store.restore_delay = state->options.restore_delay;
    store.connections_max = state->options.connections_max;
    SLIPWAY_TRY(started, api::EmbeddedStore::start(state->runtime, store));
    state->store = std::move(started);
    state->url =
        state->options.public_url.empty() ? state->store->url() : state->options.public_url;
    if (!state->options.ready_file.empty()) {
        SLIPWAY_CHECK(api::write_ready_file(state->options.ready_file, "", state->url));
    }
    return std::unique_ptr<StoreServer>(new StoreServer(std::move(state)));
}

StoreServer::StoreServer(std::unique_ptr<State> state) : state_(std::move(state)) {
}
StoreServer::~StoreServer() = default;

const std::string& StoreServer::url() const {
    return state_->url;
}

const std::string& StoreServer::data_dir() const {
    return state_->options.data_dir;
}

void StoreServer::stop() {
    state_->store->drain(state_->options.drain_time_max);
}

}  // namespace slipway
