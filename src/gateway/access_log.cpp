// SPDX-License-Identifier: Apache-2.0
#include "gateway/access_log.h"

#include "base/log.h"
#include "task/body.h"

#include <chrono>

namespace slipway::gateway {

void log_request(const http::Request& request,
                 const http::Response& response,
                 std::string_view operation,
                 const Error* error,
                 Instant started) {
    const bool is_our_failure = response.status >= 500 && response.status != 501;
    const auto level = is_our_failure ? spdlog::level::warn : spdlog::level::debug;
    if (!spdlog::should_log(level)) {
        return;
    }
    const auto spent = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - started);
    spdlog::log(level, "s3 {} {} {} {} {} in={} out={} us={}{}{}", request.id, request.peer,
                http::to_string(request.method), request.path(), response.status,
                request.content_length.value_or(0), body_size(response.body).value_or(0),
                spent.count(), operation.empty() ? "" : " ", operation);
    if (error != nullptr) {
        spdlog::log(level, "s3 {} {}: {}", request.id, error->code, error->message);
    }
}

}  // namespace slipway::gateway
