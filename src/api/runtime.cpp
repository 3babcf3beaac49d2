// SPDX-License-Identifier: Apache-2.0
#include "api/runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace slipway::api {
namespace {

std::string_view host_of(std::string_view listen) {
    return listen.substr(0, listen.rfind(':'));
}

unsigned io_thread_count(unsigned wanted) {
    return wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

Runtime::Runtime(const RuntimeOptions& options)
    : pool(options.memory), io(io_thread_count(options.io_threads)), disk(options.disk_threads) {
}

Result<std::uint16_t> listen(net::HttpServer& server,
                             std::string_view option,
                             const std::string& address) {
    auto port = server.listen(address);
    if (!port) {
        const bool taken = port.error().kind == ErrorKind::unavailable;
        port.error().message =
            fmt::format("{}: {}{}", option, port.error().message,
                        taken ? "; give another address, or port 0 for a free one" : "");
    }
    return port;
}

std::string local_url(std::string_view listen, std::uint16_t port) {
    std::string_view host = host_of(listen);
    if (host == "0.0.0.0") {
        host = "127.0.0.1";
    } else if (host == "[::]") {
        host = "[::1]";
    }
    return "http://" + std::string(host) + ":" + std::to_string(port);
}

bool is_loopback(std::string_view listen) {
    const std::string_view host = host_of(listen);
    return host.starts_with("127.") || host == "[::1]" || host == "localhost";
}

}  // namespace slipway::api
