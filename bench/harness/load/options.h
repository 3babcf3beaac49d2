// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "body.h"

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
    std::size_t form_files = 0;      // > 0: POST on `paths`, a form with so many files
    std::size_t keys = 0;            // > 0: GET of listings, each of which names so many
    Body body;                       // sent by PUT and POST, expected by GET
    std::string etag;                // if given, what a PUT must answer
};

// Whether requests carry `body`, instead of expecting it.
inline bool sends_body(const Options& options) {
    return options.tickets == 0 && (options.method == "PUT" || options.form_files > 0);
}

Options parse_options(int argc, char** argv);

[[noreturn]] void die(const std::string& message);

}  // namespace slipway::load
