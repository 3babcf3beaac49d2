// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/program.h"
#include "cli/settings.h"

#include <CLI/CLI.hpp>

namespace slipway::cli {

inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_stopped = 130;  // 128 + SIGINT, as shells have it

// One command a file; each answers the exit code.
int serve_command(const Resolved& settings, const Surroundings& around);
int store_command(const Resolved& settings, const Surroundings& around);
/// `slipway store check`.
void add_store_check_command(CLI::App& store, const Surroundings& around, int& exit_code);
int config_command(const Resolved& settings, const Surroundings& around);
int token_command(const Surroundings& around);

// Those that talk to an S3: each adds itself with its flags; when it is the one that was called it
// sets the exit code.
void add_put_command(CLI::App& app, const Surroundings& around, int& exit_code);
void add_get_command(CLI::App& app, const Surroundings& around, int& exit_code);
void add_ls_command(CLI::App& app, const Surroundings& around, int& exit_code);
void add_rm_command(CLI::App& app, const Surroundings& around, int& exit_code);
void add_stat_command(CLI::App& app, const Surroundings& around, int& exit_code);
void add_presign_command(CLI::App& app, const Surroundings& around, int& exit_code);

// From what the commands above have declared.
void add_completion_command(CLI::App& app, const Surroundings& around);
void add_man_command(CLI::App& app, const Surroundings& around);

}  // namespace slipway::cli
