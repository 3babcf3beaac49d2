// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

#include <ostream>

namespace slipway::cli {

int config_command(const Resolved& settings, const Surroundings& around) {
    const auto keys = read_store_keys(settings.options.data_dir);
    if (!keys) {
        around.err << "slipway: " << keys.error().message << '\n';
        return exit_failed;
    }
    around.out << show_settings(settings, *keys);
    return exit_done;
}

}  // namespace slipway::cli
