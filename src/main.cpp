// SPDX-License-Identifier: Apache-2.0
#include "cli/program.h"

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <vector>

int main(int argc, char** argv) {
    ::umask(0077);  // what we write holds people's files and keys
    const auto environment = [](const std::string& name) {
        const char* value = std::getenv(name.c_str());
        return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
    };
    const slipway::cli::Surroundings around{environment, std::cout, std::cerr};
    return slipway::cli::run(std::vector<std::string>(argv + 1, argv + argc), around);
}
