// SPDX-License-Identifier: Apache-2.0
#include "slipway/serve.h"
#include "slipway/version.h"

#include "cli/commands.h"
#include "cli/signals.h"

#include <fmt/format.h>

#include <ostream>

namespace slipway::cli {

int serve_command(const Resolved& settings, const Surroundings& around) {
    StopSignals signals;
    auto server = Server::start(settings.options);
    if (!server) {
        around.err << "slipway: " << server.error().message << '\n';
        return server.error().kind == ErrorKind::invalid_argument ? exit_usage : exit_failed;
    }
    const bool embedded = settings.options.s3_endpoint.empty();
    around.out << fmt::format(
                      "Slipway {}\n"
                      "  open   {}\n"
                      "  store  {}  (bucket {}{})\n"
                      "  data   {}\n"
                      "Ctrl+C stops it.\n",
                      version(), (*server)->link(), (*server)->store_url(), settings.options.bucket,
                      embedded ? "; keys: slipway config" : "", (*server)->data_dir())
               << std::flush;
    signals.wait();
    around.out << "Stopping: uploads under way may finish; once more ends at once.\n" << std::flush;
    (*server)->stop();
    return exit_done;
}

}  // namespace slipway::cli
