// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// A bucket's rules for pages of other origins: the CORSConfiguration document, and which rule
/// holds for a request.
/// Source: AWS, "Using cross-origin resource sharing (CORS)" and "PutBucketCors" (read 2026-11).
namespace slipway::s3 {

struct CorsRule {
    std::string id;
    std::vector<std::string> allowed_methods;  ///< GET, PUT, HEAD, POST, DELETE
    std::vector<std::string> allowed_origins;  ///< each with at most one '*'
    std::vector<std::string> allowed_headers;  ///< likewise
    std::vector<std::string> expose_headers;
    std::optional<unsigned> max_age_seconds;
    friend bool operator==(const CorsRule&, const CorsRule&) = default;
};

using CorsRules = std::vector<CorsRule>;

/// Errors: invalid_argument `MalformedXML`; `InvalidRequest` for a method, an asterisk or a number
/// of rules that S3 does not take.
Result<CorsRules> parse_cors(std::string_view body);
std::string cors_xml(std::span<const CorsRule> rules);

/// The first rule that lets a page of that origin send such a request, or nullptr.
/// `headers`: what Access-Control-Request-Headers lists; empty for a request itself.
const CorsRule* find_cors_rule(std::span<const CorsRule> rules,
                               std::string_view origin,
                               std::string_view method,
                               std::string_view headers);

/// What Access-Control-Allow-Origin says under that rule: the origin, or "*" where the rule is for
/// all.
std::string_view allowed_origin(const CorsRule& rule, std::string_view origin);

}  // namespace slipway::s3
