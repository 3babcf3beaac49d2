// SPDX-License-Identifier: Apache-2.0
#include "slipway/serve.h"
#include "slipway/version.h"

#include "cli/commands.h"
#include "cli/signals.h"

#include <fmt/format.h>

#include <ostream>

namespace slipway::cli {
namespace {

StoreOptions store_options(const ServeOptions& settings) {
    StoreOptions options;
    options.listen = settings.store_listen;
    options.public_url = settings.public_store_url;
    options.data_dir = settings.data_dir;
    options.access_key = settings.store_access_key;
    options.secret_key = settings.store_secret_key;
    options.keys_file = settings.keys_file;
    options.public_read_buckets = settings.public_read_buckets;
    options.request_log = settings.request_log;
    options.restore_delay = settings.restore_delay;
    options.region = settings.region.empty() ? options.region : settings.region;
    options.bucket = settings.bucket;
    options.connections_max = settings.connections_max;
    options.memory = settings.memory;
    options.io_threads = settings.io_threads;
    options.disk_threads = settings.disk_threads;
    options.drain_time_max = settings.drain_time_max;
    options.ready_file = settings.ready_file;
    options.log_level = settings.log_level;
    return options;
}

}  // namespace

int store_command(const Resolved& settings, const Surroundings& around) {
    StopSignals signals;
    auto store = StoreServer::start(store_options(settings.options));
    if (!store) {
        around.err << "slipway: " << store.error().message << '\n';
        return store.error().kind == ErrorKind::invalid_argument ? exit_usage : exit_failed;
    }
    around.out << fmt::format(
                      "Slipway {} store\n"
                      "  endpoint  {}  (bucket {}; keys: slipway config)\n"
                      "  data      {}\n"
                      "Ctrl+C stops it.\n",
                      version(), (*store)->url(), settings.options.bucket, (*store)->data_dir())
               << std::flush;
    signals.wait();
    (*store)->stop();
    return exit_done;
}

}  // namespace slipway::cli
