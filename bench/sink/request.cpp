// SPDX-License-Identifier: Apache-2.0
#include "request.h"

#include <algorithm>
#include <cstdlib>
#include <strings.h>

namespace slipway::sink {

namespace {

constexpr std::string_view checksum_prefix = "x-amz-checksum-";

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool starts_ignoring_case(std::string_view text, std::string_view prefix) {
    return equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

void take_field(Request& request, std::string_view name, std::string_view value) {
    if (equal_ignoring_case(name, "content-length"))
        request.length = std::strtoull(value.data(), nullptr, 10);
    else if (equal_ignoring_case(name, "transfer-encoding"))
        request.chunked = equal_ignoring_case(value, "chunked");
    else if (equal_ignoring_case(name, "connection"))
        request.closes = equal_ignoring_case(value, "close");
    else if (equal_ignoring_case(name, "expect"))
        request.expects_continue = true;
    else if (equal_ignoring_case(name, "x-amz-decoded-content-length"))
        request.decoded_length = std::strtoull(value.data(), nullptr, 10);
    else if (equal_ignoring_case(name, "x-amz-trailer"))
        request.has_trailer = starts_ignoring_case(value, checksum_prefix);
    else if (starts_ignoring_case(name, checksum_prefix))
        request.checksums.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool Request::names_object() const {
    const auto slash = path.find('/', 1);
    return slash != std::string::npos && slash + 1 < path.size();
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
    std::string_view rest = query;
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        const auto equals = pair.find('=');
        if (pair.substr(0, equals) == name)
            return equals == std::string_view::npos ? "" : pair.substr(equals + 1);
    }
    return {};
}

std::optional<Request> parse_request(std::string_view head) {
    const auto first_end = head.find("\r\n");
    const std::string_view first = head.substr(0, first_end);
    const auto method_end = first.find(' ');
    const auto target_end = first.rfind(' ');
    if (method_end == std::string_view::npos || target_end <= method_end + 1 ||
        first.substr(target_end) != " HTTP/1.1")
        return {};
    Request request;
    request.method = first.substr(0, method_end);
    const std::string_view target = first.substr(method_end + 1, target_end - method_end - 1);
    const auto mark = target.find('?');
    request.path = target.substr(0, mark);
    if (mark != std::string_view::npos)
        request.query = target.substr(mark + 1);
    for (auto line = first_end + 2; line < head.size();) {
        const auto end = head.find("\r\n", line);
        const std::string_view field = head.substr(line, end - line);
        line = end + 2;
        const auto colon = field.find(':');
        if (colon == std::string_view::npos)
            continue;
        std::string_view value = field.substr(colon + 1);
        while (!value.empty() && value.front() == ' ')
            value.remove_prefix(1);
        take_field(request, field.substr(0, colon), value);
    }
    return request;
}

std::string trailing_checksum(std::string_view tail) {
    const auto start = tail.rfind(checksum_prefix);
    if (start == std::string_view::npos)
        return {};
    const std::string_view line = tail.substr(start, tail.find_first_of("\r\n", start) - start);
    return std::string(line) + "\r\n";
}

}  // namespace slipway::sink
