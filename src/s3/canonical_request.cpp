// SPDX-License-Identifier: Apache-2.0
#include "s3/canonical_request.h"

#include "codec/percent.h"
#include "http/headers.h"
#include "s3/errors.h"
#include "s3/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace slipway::s3 {
namespace {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_space(char c) {
    return c == ' ' || c == '\t';
}

void append_lower(std::string& out, std::string_view name) {
    const auto at = static_cast<std::ptrdiff_t>(out.size());
    out += name;
    std::transform(out.begin() + at, out.end(), out.begin() + at, lower);
}

bool precedes(const NameValue& a, const NameValue& b) {
    return std::ranges::lexicographical_compare(a.name, b.name, {}, lower, lower);
}

constexpr bool is_token_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

constexpr bool is_control(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
}

/// Trimmed, runs of white space made one space: quoted texts too, as all SDKs do.
void append_header_value(std::string& out, std::string_view value) {
    while (!value.empty() && is_space(value.front())) {
        value.remove_prefix(1);
    }
    while (!value.empty() && is_space(value.back())) {
        value.remove_suffix(1);
    }
    if (value.find("  ") == std::string_view::npos && value.find('\t') == std::string_view::npos) {
        out += value;  // nearly always
        return;
    }
    bool after_space = false;
    for (const char c : value) {
        if (!is_space(c)) {
            out += c;
        } else if (!after_space) {
            out += ' ';
        }
        after_space = is_space(c);
    }
}

}  // namespace

void append_canonical_request(std::string& out, const SignableRequest& request) {
    out += request.method;
    out += '\n';
    out += request.path;
    out += '\n';
    out += request.query;
    std::string_view previous;
    for (const NameValue& header : request.headers) {
        if (http::equal_ignoring_case(header.name, previous)) {
            out += ',';
        } else {
            out += '\n';
            append_lower(out, header.name);
            out += ':';
        }
        append_header_value(out, header.value);
        previous = header.name;
    }
    out += "\n\n";
    append_header_names(out, request.headers, ";");
    out += '\n';
    out += request.payload_hash;
}

Result<void> check_headers(std::span<const NameValue> headers) {
    for (const NameValue& header : headers) {
        if (header.name.empty() || !std::ranges::all_of(header.name, is_token_character)) {
            return fail(ErrorKind::invalid_argument,
                        fmt::format("\"{}\" is not a header name", header.name));
        }
        if (std::ranges::any_of(header.value, is_control)) {
            return fail(
                ErrorKind::invalid_argument,
                fmt::format("the header \"{}\" has a control character in its value", header.name));
        }
    }
    return {};
}

void sort_headers(std::span<NameValue> headers) {
    // Few and mostly sorted already: insertion, which is also stable.
    for (std::size_t i = 1; i < headers.size(); ++i) {
        for (std::size_t j = i; j > 0 && precedes(headers[j], headers[j - 1]); --j) {
            std::swap(headers[j], headers[j - 1]);
        }
    }
}

void append_header_names(std::string& out,
                         std::span<const NameValue> headers,
                         std::string_view separator) {
    std::string_view previous;
    for (const NameValue& header : headers) {
        if (http::equal_ignoring_case(header.name, previous)) {
            continue;
        }
        if (!previous.empty()) {
            out += separator;
        }
        append_lower(out, header.name);
        previous = header.name;
    }
}

Result<std::string> canonical_path(std::string_view raw_path) {
    auto path = codec::percent_decode(raw_path);
    if (!path) {
        return s3_fail("InvalidURI",
                       fmt::format("Couldn't parse the specified URI: {}.", path.error().message));
    }
    return codec::percent_encode(*path, true);
}

Result<std::string> canonical_query(std::string_view raw_query) {
    SLIPWAY_TRY(pairs, parse_query(raw_query));
    for (auto& [name, value] : pairs) {
        name = codec::percent_encode(name, false);
        value = codec::percent_encode(value, false);
    }
    std::ranges::sort(pairs);
    std::string out;
    out.reserve(raw_query.size());
    for (const auto& [name, value] : pairs) {
        if (name == "X-Amz-Signature") {
            continue;
        }
        if (!out.empty()) {
            out += '&';
        }
        out += name;
        out += '=';
        out += value;
    }
    return out;
}

}  // namespace slipway::s3
