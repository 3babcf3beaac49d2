// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <cstdlib>
#include <iostream>

namespace slipway::sink {

void die(const std::string& message) {
    std::cerr << "sink: " << message << '\n';
    std::exit(2);
}

Options parse_options(int argc, char** argv) {
    Options o;
    for (int i = 1; i < argc; i += 2) {
        const std::string name = argv[i];
        if (i + 1 == argc)
            die(name + " needs a value");
        const std::string value = argv[i + 1];
        if (name == "--certificate")
            o.certificate = value;
        else if (name == "--key")
            o.key = value;
        else if (name == "--objects")
            o.objects = value;
        else if (name == "--delay-ms")
            o.delay = std::chrono::milliseconds(std::stoul(value));
        else if (name == "--slow-down")
            o.slow_down = std::stod(value);
        else if (name == "--reset")
            o.reset = std::stod(value);
        else if (name == "--seed")
            o.seed = std::stoull(value);
        else
            die("no option " + name);
    }
    if (o.certificate.empty() != o.key.empty())
        die("--certificate and --key go together");
    return o;
}

}  // namespace slipway::sink
