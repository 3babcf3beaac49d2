// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/settings.h"

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace slipway::cli {

/// What a command may use of the process around it. Tests give their own.
struct Surroundings {
    Environment environment;
    std::ostream& out;
    std::ostream& err;
    bool err_is_terminal = false;
    std::size_t columns = 80;  ///< of the terminal
    /// The umask we were started with; ours lets nobody else read.
    std::optional<unsigned> user_umask = {};
};

/// Runs `slipway ARGUMENTS...` (without the program's name). Answers the exit code: 0 done,
/// 1 failed, 2 the command line or a setting is wrong, 130 stopped by Ctrl+C.
int run(std::vector<std::string> arguments, const Surroundings& around);

}  // namespace slipway::cli
