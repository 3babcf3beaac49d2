// SPDX-License-Identifier: Apache-2.0
#include "slipway/serve.h"
#include "slipway/version.h"

#include "base/assert.h"
#include "cli/commands.h"
#include "cli/signals.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>

namespace slipway::cli {
namespace {

/// The bucket that somebody asked for. The upload server needs one; who runs the store alone brings
/// buckets of their own, and an S3 is empty at first.
std::string asked_bucket(const Resolved& resolved) {
    const auto found = std::ranges::find(settings(), std::string_view("bucket"), &Setting::name);
    SLIPWAY_ASSERT(found != settings().end());
    const auto& origin = resolved.origins.at(static_cast<std::size_t>(found - settings().begin()));
    return origin == "default" ? std::string() : resolved.options.bucket;
}

StoreOptions store_options(const Resolved& resolved) {
    const ServeOptions& settings = resolved.options;
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
    options.bucket = asked_bucket(resolved);
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
    const StoreOptions options = store_options(settings);
    auto store = StoreServer::start(options);
    if (!store) {
        around.err << "slipway: " << store.error().message << '\n';
        return store.error().kind == ErrorKind::invalid_argument ? exit_usage : exit_failed;
    }
    around.out << fmt::format(
                      "Slipway {} store\n"
                      "  endpoint  {}  ({}keys: slipway config)\n"
                      "  data      {}\n"
                      "Ctrl+C stops it.\n",
                      version(), (*store)->url(),
                      options.bucket.empty() ? "" : fmt::format("bucket {}; ", options.bucket),
                      (*store)->data_dir())
               << std::flush;
    signals.wait();
    (*store)->stop();
    return exit_done;
}

}  // namespace slipway::cli
