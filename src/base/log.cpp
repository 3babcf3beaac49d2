// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>

#include <memory>
#include <string>

namespace slipway::log {

void start(std::string_view level) {
    auto logger = std::make_shared<spdlog::logger>(
        "slipway", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    logger->flush_on(spdlog::level::trace);
    const auto parsed = spdlog::level::from_str(std::string(level));
    // from_str answers "off" for what it does not know; a typo must not silence the log.
    const bool unknown = parsed == spdlog::level::off && level != "off";
    logger->set_level(unknown ? spdlog::level::info : parsed);
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace slipway::log
