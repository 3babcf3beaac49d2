// SPDX-License-Identifier: Apache-2.0
#include "cli/program.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

/// jemalloc's settings, which it looks for under this name. A request's memory is often freed on
/// another thread than it came from; the C library's arenas then cost a sixth of the time, in locks
/// (bench/presign, one file a request). Bodies have a pool of their own, so what a burst took may
/// go back to the system soon.
extern "C" const char* malloc_conf;
const char* malloc_conf = "narenas:4,dirty_decay_ms:1000,muzzy_decay_ms:0";

int main(int argc, char** argv) {
    const mode_t user_umask = ::umask(0077);  // what we write holds people's files and keys
    std::signal(SIGPIPE, SIG_IGN);            // an upload does not end with who reads its progress
    const auto environment = [](const std::string& name) {
        const char* value = std::getenv(name.c_str());
        return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
    };
    std::ios::sync_with_stdio(false);
    slipway::cli::Surroundings around{environment, std::cout, std::cerr};
    around.user_umask = user_umask;
    winsize window{};
    if (::isatty(STDERR_FILENO) != 0 && ::ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0) {
        around.err_is_terminal = true;
        around.columns = std::max<std::size_t>(window.ws_col, 60);
    }
    return slipway::cli::run(std::vector<std::string>(argv + 1, argv + argc), around);
}
