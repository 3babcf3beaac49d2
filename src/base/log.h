// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <spdlog/spdlog.h>

#include <string_view>

namespace slipway::log {

/// Sends every log line to standard error with time, level and thread. Called once, by the program.
/// `level` is one of trace, debug, info, warn, error, off; anything else counts as info.
void start(std::string_view level);

using spdlog::debug;
using spdlog::error;
using spdlog::info;
using spdlog::warn;

}  // namespace slipway::log
