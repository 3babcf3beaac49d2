// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/program.h"
#include "cli/settings.h"

namespace slipway::cli {

inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;

// One command a file; each answers the exit code.
int serve_command(const Resolved& settings, const Surroundings& around);
int store_command(const Resolved& settings, const Surroundings& around);
int config_command(const Resolved& settings, const Surroundings& around);
int token_command(const Surroundings& around);

}  // namespace slipway::cli
