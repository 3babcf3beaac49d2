// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace slipway::sink {

struct Options {
    std::string certificate;  // PEM files; without them only plain connections are taken
    std::string key;
    std::string objects;  // file that gets a line "SIZE KEY" for each object at the end
    // What happens to requests that carry an object's bytes:
    std::chrono::milliseconds delay{0};  // between the last byte and the answer
    double slow_down = 0;                // share that is answered 503, once the body is read
    double reset = 0;                    // share whose connection is reset in mid-body
    std::uint64_t seed = 1;
};

// Ends the program with a message when an argument makes no sense.
Options parse_options(int argc, char** argv);

[[noreturn]] void die(const std::string& message);

}  // namespace slipway::sink
