// SPDX-License-Identifier: Apache-2.0
#include "answer.h"

#include <algorithm>
#include <cstdlib>
#include <strings.h>

namespace slipway::load {

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::string parse_head(std::string_view head, Answer& answer) {
    if (head.size() < 12 || head.substr(0, 5) != "HTTP/")
        return "answer is not HTTP";
    answer.status = std::atoi(head.data() + 9);
    answer.closes = answer.closes || head.substr(0, 8) == "HTTP/1.0";
    bool has_length = answer.status == 204 || answer.status == 304;
    for (std::size_t line = head.find("\r\n") + 2; line < head.size();) {
        const std::size_t end = std::min(head.find("\r\n", line), head.size());
        const std::string_view field = head.substr(line, end - line);
        line = end + 2;
        const std::size_t colon = field.find(':');
        if (colon == std::string_view::npos)
            continue;
        const std::string_view name = field.substr(0, colon);
        std::string_view value = field.substr(colon + 1);
        while (!value.empty() && value.front() == ' ')
            value.remove_prefix(1);
        if (equal_ignoring_case(name, "content-length")) {
            answer.length = std::strtoull(value.data(), nullptr, 10);
            has_length = true;
        } else if (equal_ignoring_case(name, "connection")) {
            answer.closes = answer.closes || equal_ignoring_case(value, "close");
        } else if (equal_ignoring_case(name, "etag")) {
            answer.etag = value;
        }
    }
    return has_length ? "" : "answer without Content-Length";
}

}  // namespace slipway::load
