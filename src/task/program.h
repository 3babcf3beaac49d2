// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/task.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace slipway {

/// What a program printed, and how it ended.
struct ProgramOutput {
    std::string text;     ///< of its standard output
    int exit_status = 0;  ///< meaningless with a signal
    int signal = 0;       ///< that ended it; 0: none did
};

/// Runs a program without a shell and waits for its end: `words` are its name, looked for in PATH,
/// and its arguments. It reads nothing and inherits the environment and standard error. One that
/// takes longer or prints more than it may is killed.
///
/// Errors: invalid_argument when it cannot be run; timeout; too_large; io.
Task<ProgramOutput> run_program(std::vector<std::string> words,
                                std::chrono::milliseconds time_max,
                                std::size_t output_bytes_max);

}  // namespace slipway
