// SPDX-License-Identifier: Apache-2.0
#include "s3/sigv2.h"

#include "base/secret.h"
#include "codec/base64.h"
#include "codec/hmac_sha1.h"
#include "s3/canonical_request.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <map>
#include <utility>

namespace slipway::s3 {
namespace {

constexpr std::string_view amz_prefix = "x-amz-";

// The parameters that are signed with the resource, besides every subresource: more than Amazon
// lists, as whatever names another operation must be covered, or the holder of a URL could turn it
// into that.
constexpr auto signed_parameters = std::to_array<std::string_view>({
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "select-type",
    "storageClass",
    "versionId",
});

bool is_signed_parameter(std::string_view name) {
    return is_subresource(name) ||
           std::ranges::find(signed_parameters, name) != signed_parameters.end();
}

/// The x-amz- headers, and what stands for one in the query, as "name:value" lines.
std::string canonical_amz_headers(const http::Request& request, const S3Target& target) {
    std::multimap<std::string, std::string> fields;  // equal names in the order they came
    const auto take = [&fields](std::string_view name, std::string_view value) {
        fields.emplace(http::lower_case(name), std::string(http::trimmed(value)));
    };
    for (const http::Header& header : request.headers) {
        if (http::starts_with_ignoring_case(header.name, amz_prefix)) {
            take(header.name, header.value);
        }
    }
    for (const auto& [name, value] : target.query) {
        if (http::starts_with_ignoring_case(name, amz_prefix) && !request.headers.has(name)) {
            take(name, value);
        }
    }
    std::string lines;
    std::string_view before;
    for (const auto& [name, value] : fields) {
        if (name == before) {
            lines.back() = ',';  // in place of the line's end
        } else {
            lines.append(name).append(":");
        }
        lines.append(value).append("\n");
        before = name;
    }
    return lines;
}

void append_resource(std::string& out, std::string_view path, const S3Target& target) {
    if (target.bucket_in_host) {
        out.append("/").append(target.bucket);
    }
    out.append(path);
    std::multimap<std::string_view, std::string_view> parameters;
    for (const auto& [name, value] : target.query) {
        if (is_signed_parameter(name)) {
            parameters.emplace(name, value);
        }
    }
    char before = '?';
    for (const auto& [name, value] : parameters) {
        out.push_back(std::exchange(before, '&'));
        out.append(name);
        if (!value.empty()) {
            out.append("=").append(value);
        }
    }
}

std::string text_to_sign(const http::Request& request,
                         const S3Target& target,
                         std::string_view path) {
    std::string text = fmt::format("{}\n{}\n{}\n{}\n", http::to_string(request.method),
                                   request.headers.get("content-md5"),
                                   request.headers.get("content-type"), target.get("Expires"));
    text += canonical_amz_headers(request, target);
    append_resource(text, path, target);
    return text;
}

}  // namespace

bool has_query_signature_v2(const QueryPairs& query) {
    return std::ranges::any_of(query, [](const auto& pair) {
        return pair.first == "AWSAccessKeyId" || pair.first == "Signature";
    });
}

Result<Claim> parse_query_claim_v2(const http::Request& request, const QueryPairs& query) {
    const std::string_view expires = value_of(query, "Expires");
    Claim claim;
    claim.version_2 = true;
    claim.presigned = true;
    claim.access_key_id = value_of(query, "AWSAccessKeyId");
    claim.signature = value_of(query, "Signature");
    // Some clients leave the '+' of base64 as it is, which is a space in a query.
    std::ranges::replace(claim.signature, ' ', '+');
    if (claim.access_key_id.empty() || claim.signature.empty() || expires.empty()) {
        return s3_fail("AccessDenied",
                       "Query-string authentication requires the Signature, Expires and "
                       "AWSAccessKeyId parameters");
    }
    std::int64_t seconds = 0;
    const auto read = std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
    constexpr std::int64_t year_9999 = 253'402'300'799;
    if (read.ec != std::errc() || read.ptr != expires.data() + expires.size() ||
        seconds > year_9999 || seconds < -year_9999) {
        return s3_fail("AccessDenied",
                       fmt::format("Invalid date (should be seconds since epoch): {}", expires));
    }
    claim.date = Time(std::chrono::seconds(seconds));
    const std::string* token = request.headers.find("x-amz-security-token");
    claim.session_token =
        token != nullptr ? std::string_view(*token) : value_of(query, "x-amz-security-token");
    SLIPWAY_CHECK(read_uncovered_payload(request, claim));
    return claim;
}

std::string string_to_sign_v2(const http::Request& request, const S3Target& target) {
    return text_to_sign(request, target, request.path());
}

std::string signature_v2(const Credentials& credentials, std::string_view text) {
    return codec::base64_encode(codec::hmac_sha1(credentials.secret_access_key.reveal(), text));
}

Result<void> verify_v2(const http::Request& request,
                       const S3Target& target,
                       const Claim& claim,
                       const Credentials& credentials,
                       Time now) {
    if (now >= claim.date) {
        return s3_fail("AccessDenied", "Request has expired");
    }
    const auto matches = [&](std::string_view path) {
        const auto right = signature_v2(credentials, text_to_sign(request, target, path));
        return equal_in_constant_time(right, claim.signature);
    };
    if (!matches(request.path())) {
        // Something on the way may have written the path differently, as "%7E" for "~"; and a
        // bucket is signed with a '/' at its end, which the path need not have.
        SLIPWAY_TRY(path, canonical_path(request.path()));
        const bool proven =
            matches(path) || (target.key.empty() && !path.ends_with('/') && matches(path + '/'));
        if (!proven) {
            return s3_fail("SignatureDoesNotMatch");
        }
    }
    if (claim.session_token != credentials.session_token) {
        return s3_fail("InvalidToken");
    }
    if (credentials.expires_at && now >= *credentials.expires_at) {
        return s3_fail("ExpiredToken");
    }
    return {};
}

}  // namespace slipway::s3
