// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/limits.h"
#include "s3/credentials.h"
#include "task/task.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::client {

/// Runs the program a profile names as credential_process, without a shell, and reads what it
/// prints. It inherits the environment and standard error; what it prints is in no message.
///
/// Errors: invalid_argument for a command that cannot be split or run; unauthenticated when it
/// fails; timeout; corrupted, too_large for an answer that is not what the format asks for.
/// Source: "Process credential provider", AWS SDKs and Tools Reference Guide (2026-11).
Task<s3::Credentials> run_credential_process(
    std::string command, std::chrono::milliseconds time_max = limits::credential_process_time_max);

/// A command line in its words: white space separates, quotes and backslashes do as in a shell.
/// Errors: invalid_argument for none, or a quote that does not end.
Result<std::vector<std::string>> split_command(std::string_view command);

}  // namespace slipway::client
