// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace slipway::fuzz {

/// An input as a request: its first line is the target, each other a "name: value" header.
inline http::Request request_of(std::string_view bytes) {
    http::Request request;
    const std::string_view target = bytes.substr(0, bytes.find('\n'));
    request.target = target;
    bytes.remove_prefix(std::min(target.size() + 1, bytes.size()));
    while (!bytes.empty()) {
        const std::string_view line = bytes.substr(0, bytes.find('\n'));
        bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
        const auto colon = std::min(line.find(':'), line.size());
        request.headers.add(std::string(line.substr(0, colon)),
                            std::string(line.substr(std::min(colon + 1, line.size()))));
    }
    return request;
}

}  // namespace slipway::fuzz
