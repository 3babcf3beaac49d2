// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace slipway::load {

struct Options {
    std::uint16_t port = 0;
    std::size_t connections = 1;
    std::size_t threads = 1;
    double seconds = 1;
    std::uint64_t requests_max = UINT64_MAX;
    double rate = 0;                 // requests a second in all; 0 = as fast as answers come
    std::size_t tickets = 0;         // > 0: POST /api/files/upload/ for so many files a request
    std::string token;               // bearer token of those requests
    std::string prefix = "bench";    // first part of their file names, which are never repeated
    std::string method = "GET";      // else: this method on each of `paths`
    std::vector<std::string> paths;  // used in order
    bool repeat = false;             // start over when `paths` is used up
    std::string body;                // sent by PUT, expected by GET
    std::string etag;                // if given, what a PUT must answer
};

Options parse_options(int argc, char** argv);

[[noreturn]] void die(const std::string& message);

}  // namespace slipway::load
