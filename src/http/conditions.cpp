// SPDX-License-Identifier: Apache-2.0
#include "http/conditions.h"

#include "codec/time.h"

#include <algorithm>
#include <chrono>

namespace slipway::http {
namespace {

bool is_quoted(std::string_view text) {
    return text.size() >= 2 && text.front() == '"' && text.back() == '"';
}

/// Whether `name` is `prefix` followed by `rest`.
bool is_field(std::string_view name, std::string_view prefix, std::string_view rest) {
    return name.size() == prefix.size() + rest.size() && starts_with_ignoring_case(name, prefix) &&
           equal_ignoring_case(name.substr(prefix.size()), rest);
}

/// Fields of one name are one list (RFC 9110 section 5.3).
void append_list(std::string& list, std::string_view value) {
    const std::string etags = unquoted_etags(value);
    if (!list.empty() && !etags.empty()) {
        list += ',';
    }
    list += etags;
}

std::optional<Time> date_of(std::string_view value) {
    const auto time = codec::parse_http_date(trimmed(value));
    return time ? std::optional(*time) : std::nullopt;
}

}  // namespace

Conditions read_conditions(const Headers& headers, std::string_view prefix) {
    Conditions conditions;
    for (const Header& header : headers) {
        if (is_field(header.name, prefix, "if-match")) {
            append_list(conditions.if_match, header.value);
        } else if (is_field(header.name, prefix, "if-none-match")) {
            append_list(conditions.if_none_match, header.value);
        } else if (is_field(header.name, prefix, "if-modified-since")) {
            conditions.if_modified_since = date_of(header.value);
        } else if (is_field(header.name, prefix, "if-unmodified-since")) {
            conditions.if_unmodified_since = date_of(header.value);
        }
    }
    return conditions;
}

std::string unquoted_etags(std::string_view list) {
    std::string etags;
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        std::string_view etag = trimmed(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
        if (etag.starts_with("W/")) {
            etag.remove_prefix(2);
        }
        if (is_quoted(etag)) {
            etag = etag.substr(1, etag.size() - 2);
        }
        if (!etag.empty()) {
            if (!etags.empty()) {
                etags += ',';
            }
            etags += etag;
        }
    }
    return etags;
}

bool if_range_holds(std::string_view if_range, std::string_view etag, Time last_modified) {
    if_range = trimmed(if_range);
    if (is_quoted(if_range)) {
        return if_range.substr(1, if_range.size() - 2) == etag;
    }
    if (if_range == etag) {
        return true;  // S3's clients often leave the quotes out
    }
    const auto date = codec::parse_http_date(if_range);
    return date && *date == std::chrono::floor<std::chrono::seconds>(last_modified);
}

}  // namespace slipway::http
