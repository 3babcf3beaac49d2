// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::load {

// What is known of the answer that is being read.
struct Answer {
    bool head_done = false;
    int status = 0;
    bool closes = false;
    std::uint64_t length = 0;
    std::uint64_t read = 0;
    bool differs = false;  // from the body that was expected
    std::string text;      // the head; then, where it is to be searched or shown, the body
    std::string etag;
};

// Fills `answer` from its complete head. Returns what is wrong with it, or nothing.
std::string parse_head(std::string_view head, Answer& answer);

}  // namespace slipway::load
