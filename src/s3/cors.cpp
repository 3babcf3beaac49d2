// SPDX-License-Identifier: Apache-2.0
#include "s3/cors.h"

#include "codec/xml.h"
#include "http/headers.h"
#include "s3/document_parts.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace slipway::s3 {
namespace {

constexpr std::array<std::string_view, 5> methods = {"GET", "PUT", "HEAD", "POST", "DELETE"};

std::vector<std::string> texts(const codec::XmlElement& rule, std::string_view name) {
    std::vector<std::string> found;
    for (const codec::XmlElement& element : rule.children(name)) {
        found.push_back(element.text());
    }
    return found;
}

Result<> check_values(std::span<const std::string> values, std::string_view element) {
    for (const std::string& value : values) {
        if (std::ranges::count(value, '*') > 1) {
            return s3_fail(
                "InvalidRequest",
                fmt::format("{} \"{}\" can not have more than one wildcard.", element, value));
        }
        // These come back in headers: nothing may break out of its line.
        if (value.empty() ||
            std::ranges::any_of(value, [](char c) { return c <= ' ' || c > '~'; })) {
            return s3_fail("InvalidRequest",
                           fmt::format("{} \"{}\" is empty or has letters that no header can "
                                       "carry.",
                                       element, value));
        }
    }
    return {};
}

Result<> check_rule(const CorsRule& rule) {
    if (rule.allowed_methods.empty() || rule.allowed_origins.empty()) {
        return s3_fail("MalformedXML", "A CORSRule has an AllowedMethod and an AllowedOrigin.");
    }
    for (const std::string& method : rule.allowed_methods) {
        if (std::ranges::find(methods, method) == methods.end()) {
            return s3_fail("InvalidRequest",
                           fmt::format("Found unsupported HTTP method in CORS config. Unsupported "
                                       "method is {}",
                                       method));
        }
    }
    SLIPWAY_CHECK(check_values(rule.allowed_origins, "AllowedOrigin"));
    SLIPWAY_CHECK(check_values(rule.allowed_headers, "AllowedHeader"));
    SLIPWAY_CHECK(check_values(rule.expose_headers, "ExposeHeader"));
    for (const std::string& header : rule.expose_headers) {
        if (header.find('*') != std::string::npos) {
            return s3_fail("InvalidRequest",
                           fmt::format("ExposeHeader \"{}\" contains wildcard. We currently do not "
                                       "support wildcard for ExposeHeader.",
                                       header));
        }
    }
    const auto is_lead = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
    return std::ranges::count_if(rule.id, is_lead) >
                   static_cast<std::ptrdiff_t>(cors_rule_id_characters_max)
               ? s3_fail("InvalidRequest",
                         fmt::format("The ID of a CORSRule has at most {} characters.",
                                     cors_rule_id_characters_max))
               : Result<>();
}

Result<CorsRule> read_rule(const codec::XmlElement& element) {
    CorsRule rule;
    rule.id = element.child_text("ID");
    rule.allowed_methods = texts(element, "AllowedMethod");
    rule.allowed_origins = texts(element, "AllowedOrigin");
    rule.allowed_headers = texts(element, "AllowedHeader");
    rule.expose_headers = texts(element, "ExposeHeader");
    if (element.child("MaxAgeSeconds")) {
        SLIPWAY_TRY(seconds, number_of(element, "MaxAgeSeconds"));
        if (seconds > std::numeric_limits<int>::max()) {
            return s3_fail("MalformedXML", "MaxAgeSeconds is too large.");
        }
        rule.max_age_seconds = static_cast<unsigned>(seconds);
    }
    SLIPWAY_CHECK(check_rule(rule));
    return rule;
}

void write_all(codec::XmlWriter& xml, std::string_view name, std::span<const std::string> values) {
    for (const std::string& value : values) {
        xml.element(name, value);
    }
}

/// Whether `text` is the pattern, with anything in the place of its '*'.
bool matches(std::string_view pattern, std::string_view text, bool ignoring_case) {
    const auto same = [ignoring_case](std::string_view a, std::string_view b) {
        return ignoring_case ? http::equal_ignoring_case(a, b) : a == b;
    };
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) {
        return same(pattern, text);
    }
    const std::string_view begin = pattern.substr(0, star);
    const std::string_view end = pattern.substr(star + 1);
    return text.size() >= begin.size() + end.size() && same(text.substr(0, begin.size()), begin) &&
           same(text.substr(text.size() - end.size()), end);
}

bool allows_headers(const CorsRule& rule, std::string_view headers) {
    while (!headers.empty()) {
        const auto comma = std::min(headers.find(','), headers.size());
        const std::string_view name = http::trimmed(headers.substr(0, comma));
        headers.remove_prefix(std::min(comma + 1, headers.size()));
        const auto is_allowed = [name](const std::string& pattern) {
            return matches(pattern, name, true);
        };
        if (!name.empty() && std::ranges::none_of(rule.allowed_headers, is_allowed)) {
            return false;
        }
    }
    return true;
}

}  // namespace

Result<CorsRules> parse_cors(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "CORSConfiguration"));
    const auto elements = document.root().children("CORSRule");
    if (elements.empty()) {
        return s3_fail("MalformedXML", "A CORSConfiguration has at least one CORSRule.");
    }
    if (elements.size() > cors_rules_max) {
        return s3_fail("InvalidRequest",
                       fmt::format("The number of CORS rules should not exceed allowed limit of {} "
                                   "rules.",
                                   cors_rules_max));
    }
    CorsRules rules;
    rules.reserve(elements.size());
    for (const codec::XmlElement& element : elements) {
        SLIPWAY_TRY(rule, read_rule(element));
        rules.push_back(std::move(rule));
    }
    return rules;
}

std::string cors_xml(std::span<const CorsRule> rules) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("CORSConfiguration", xmlns);
    for (const CorsRule& rule : rules) {
        xml.open("CORSRule");
        if (!rule.id.empty()) {
            xml.element("ID", rule.id);
        }
        write_all(xml, "AllowedMethod", rule.allowed_methods);
        write_all(xml, "AllowedOrigin", rule.allowed_origins);
        write_all(xml, "AllowedHeader", rule.allowed_headers);
        if (rule.max_age_seconds) {
            xml.element("MaxAgeSeconds", std::uint64_t{*rule.max_age_seconds});
        }
        write_all(xml, "ExposeHeader", rule.expose_headers);
        xml.close("CORSRule");
    }
    xml.close("CORSConfiguration");
    return out;
}

const CorsRule* find_cors_rule(std::span<const CorsRule> rules,
                               std::string_view origin,
                               std::string_view method,
                               std::string_view headers) {
    const auto found = std::ranges::find_if(rules, [&](const CorsRule& rule) {
        const auto is_of = [origin](const std::string& pattern) {
            return matches(pattern, origin, false);
        };
        return std::ranges::any_of(rule.allowed_origins, is_of) &&
               std::ranges::find(rule.allowed_methods, method) != rule.allowed_methods.end() &&
               allows_headers(rule, headers);
    });
    return found == rules.end() ? nullptr : &*found;
}

std::string_view allowed_origin(const CorsRule& rule, std::string_view origin) {
    const bool is_for_all =
        std::ranges::find(rule.allowed_origins, "*") != rule.allowed_origins.end();
    return is_for_all ? std::string_view("*") : origin;
}

}  // namespace slipway::s3
