// SPDX-License-Identifier: Apache-2.0
#include "codec/hex.h"
#include "codec/time.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "s3/sigv2.h"
#include "s3/sigv4.h"
#include "s3/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace slipway::s3 {

namespace chrono = std::chrono;

// The words of the errors are Amazon's, as tools and people search for them (seen 2026-11).

bool Claim::is_signed(std::string_view header_name) const {
    return std::ranges::any_of(signed_headers, [header_name](const std::string& name) {
        return http::equal_ignoring_case(name, header_name);
    });
}

std::optional<PayloadKind> parse_payload_kind(std::string_view payload_hash) {
    if (payload_hash == unsigned_payload_hash) {
        return PayloadKind::unsigned_payload;
    }
    if (payload_hash == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD") {
        return PayloadKind::streaming_signed;
    }
    if (payload_hash == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER") {
        return PayloadKind::streaming_signed_trailer;
    }
    if (payload_hash == "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
        return PayloadKind::streaming_unsigned_trailer;
    }
    return codec::is_lower_hex(payload_hash, 64) ? std::optional(PayloadKind::sha256)
                                                 : std::nullopt;
}

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

tl::unexpected<Error> malformed_header(std::string detail) {
    return s3_fail("AuthorizationHeaderMalformed",
                   fmt::format("The authorization header is malformed; {}", detail));
}

tl::unexpected<Error> malformed_query(std::string message) {
    return s3_fail("AuthorizationQueryParametersError", std::move(message));
}

constexpr std::string_view malformed_credential =
    "the Credential is mal-formed; expecting "
    "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";

void read_signed_headers(std::string_view text, Claim& claim) {
    while (!text.empty()) {
        const std::string_view name = text.substr(0, text.find(';'));
        text.remove_prefix(std::min(name.size() + 1, text.size()));
        claim.signed_headers.emplace_back(name);
    }
}

Result<void> set_payload(Claim& claim, std::string_view payload_hash) {
    const auto kind = parse_payload_kind(payload_hash);
    if (!kind) {
        return s3_fail("InvalidArgument",
                       fmt::format("x-amz-content-sha256 must be {}, {}, {}, {}, or a valid "
                                   "sha256 value.",
                                   unsigned_payload_hash, "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                                   "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                                   "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"));
    }
    claim.payload_hash = payload_hash;
    claim.payload_kind = *kind;
    return {};
}

/// The three fields of an Authorization header, wherever they stand.
struct AuthorizationFields {
    std::string_view credential;
    std::string_view signed_headers;
    std::string_view signature;
};

AuthorizationFields split_authorization(std::string_view text) {
    AuthorizationFields fields;
    while (!text.empty()) {
        std::string_view field = text.substr(0, text.find(','));
        text.remove_prefix(std::min(field.size() + 1, text.size()));
        field.remove_prefix(std::min(field.find_first_not_of(" \t"), field.size()));
        field = field.substr(0, field.find_last_not_of(" \t") + 1);
        const auto equals = std::min(field.find('='), field.size());
        const std::string_view name = field.substr(0, equals);
        const std::string_view value = field.substr(std::min(equals + 1, field.size()));
        if (name == "Credential") {
            fields.credential = value;
        } else if (name == "SignedHeaders") {
            fields.signed_headers = value;
        } else if (name == "Signature") {
            fields.signature = value;
        }
    }
    return fields;
}

/// A Date, also with the zone that mail writes for GMT, as botocore does.
Result<Time> parse_date(std::string_view text) {
    for (const std::string_view zone : {" -0000", " +0000"}) {
        if (text.ends_with(zone)) {
            return codec::parse_http_date(
                std::string(text.substr(0, text.size() - zone.size())).append(" GMT"));
        }
    }
    return codec::parse_http_date(text);
}

Result<Time> request_date(const http::Request& request) {
    const std::string* amz_date = request.headers.find("x-amz-date");
    const std::string* date = request.headers.find("date");
    auto time = amz_date != nullptr ? codec::parse_amz_date(*amz_date)
                : date != nullptr   ? parse_date(*date)
                                    : fail(ErrorKind::invalid_argument, {});
    if (!time) {
        return s3_fail("AccessDenied",
                       "AWS authentication requires a valid Date or x-amz-date header");
    }
    return time;
}

Result<Claim> parse_header_authorization(const http::Request& request, std::string_view text) {
    if (!text.starts_with(algorithm) || !text.substr(algorithm.size()).starts_with(' ')) {
        return s3_fail("InvalidRequest",
                       "The authorization mechanism you have provided is not supported. Please use "
                       "AWS4-HMAC-SHA256.");
    }
    const AuthorizationFields fields = split_authorization(text.substr(algorithm.size() + 1));
    Claim claim;
    if (!read_credential(fields.credential, claim)) {
        return malformed_header(std::string(malformed_credential));
    }
    if (fields.signed_headers.empty()) {
        return malformed_header("the authorization header requires SignedHeaders.");
    }
    if (fields.signature.empty()) {
        return malformed_header("the authorization header requires a Signature.");
    }
    read_signed_headers(fields.signed_headers, claim);
    claim.signature = fields.signature;
    SLIPWAY_TRY(date, request_date(request));
    claim.date = date;
    if (const auto day = codec::amz_day(date); day != claim.scope.day) {
        return malformed_header(fmt::format(
            "Invalid credential date \"{}\". This date is not the same as X-Amz-Date: \"{}\".",
            claim.scope.day, day));
    }
    const std::string* payload_hash = request.headers.find("x-amz-content-sha256");
    if (payload_hash == nullptr) {
        return s3_fail("InvalidRequest",
                       "Missing required header for this request: x-amz-content-sha256");
    }
    if (auto set = set_payload(claim, *payload_hash); !set) {
        return fail(std::move(set).error());
    }
    claim.session_token = request.headers.get("x-amz-security-token");
    return claim;
}

Result<chrono::seconds> read_expires(std::string_view text) {
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
        return malformed_query("X-Amz-Expires should be a number");
    }
    if (value < 0) {
        return malformed_query("X-Amz-Expires must be non-negative");
    }
    if (value > presign_expiry_max.count()) {
        return malformed_query(
            fmt::format("X-Amz-Expires must be less than a week (in seconds); that is, the given "
                        "X-Amz-Expires must be less than {} seconds",
                        presign_expiry_max.count()));
    }
    return chrono::seconds(value);
}

/// For a URL the body is covered only where the signer said so.
Result<void> set_presigned_payload(const http::Request& request,
                                   const QueryPairs& query,
                                   Claim& claim) {
    const std::string_view in_query = value_of(query, "X-Amz-Content-Sha256");
    if (!in_query.empty()) {
        return set_payload(claim, in_query);
    }
    if (claim.is_signed("x-amz-content-sha256")) {
        return set_payload(claim, request.headers.get("x-amz-content-sha256"));
    }
    return set_payload(claim, unsigned_payload_hash);
}

Result<Claim> parse_query_authorization(const http::Request& request, const QueryPairs& query) {
    for (const std::string_view name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature",
                                        "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires"}) {
        if (value_of(query, name).empty()) {
            return malformed_query(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, "
                "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
                "X-Amz-Expires parameters.");
        }
    }
    if (value_of(query, "X-Amz-Algorithm") != algorithm) {
        return malformed_query(fmt::format("X-Amz-Algorithm only supports \"{}\"", algorithm));
    }
    Claim claim;
    claim.presigned = true;
    if (!read_credential(value_of(query, "X-Amz-Credential"), claim)) {
        return malformed_query(
            fmt::format("Error parsing the X-Amz-Credential parameter; {}", malformed_credential));
    }
    const auto date = codec::parse_amz_date(value_of(query, "X-Amz-Date"));
    if (!date) {
        return malformed_query(
            "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
    }
    claim.date = *date;
    if (const auto day = codec::amz_day(*date); day != claim.scope.day) {
        return malformed_query(
            fmt::format("Invalid credential date \"{}\". This date is not the same as "
                        "X-Amz-Date: \"{}\".",
                        claim.scope.day, day));
    }
    SLIPWAY_TRY(expires_in, read_expires(value_of(query, "X-Amz-Expires")));
    claim.expires_in = expires_in;
    read_signed_headers(value_of(query, "X-Amz-SignedHeaders"), claim);
    claim.signature = value_of(query, "X-Amz-Signature");
    claim.session_token = value_of(query, "X-Amz-Security-Token");
    if (auto set = set_presigned_payload(request, query, claim); !set) {
        return fail(std::move(set).error());
    }
    return claim;
}

bool has_query_authorization(const QueryPairs& query) {
    return std::ranges::any_of(query, [](const auto& pair) {
        return pair.first == "X-Amz-Algorithm" || pair.first == "X-Amz-Credential" ||
               pair.first == "X-Amz-Signature";
    });
}

/// nullptr also for an empty one.
const std::string* authorization_header(const http::Request& request) {
    const std::string* header = request.headers.find("authorization");
    return header == nullptr || header->empty() ? nullptr : header;
}

}  // namespace

bool is_anonymous(const http::Request& request) {
    if (authorization_header(request) != nullptr) {
        return false;
    }
    const auto query = parse_query(request.query());
    return query && !has_query_authorization(*query) && !has_query_signature_v2(*query);
}

bool read_credential(std::string_view text, Claim& claim) {
    // From the right, as a key id may have slashes.
    std::array<std::string_view, 4> parts;  // day, region, service, aws4_request
    for (std::size_t i = parts.size(); i-- > 0;) {
        const auto slash = text.rfind('/');
        if (slash == std::string_view::npos) {
            return false;
        }
        parts[i] = text.substr(slash + 1);
        text = text.substr(0, slash);
    }
    if (text.empty() || parts[0].size() != 8 || parts[1].empty() || parts[3] != "aws4_request") {
        return false;
    }
    claim.access_key_id = text;
    claim.scope = Scope{std::string(parts[0]), std::string(parts[1]), std::string(parts[2])};
    return true;
}

Result<void> read_uncovered_payload(const http::Request& request, Claim& claim) {
    const std::string* hash = request.headers.find("x-amz-content-sha256");
    if (auto set = set_payload(claim, hash != nullptr ? *hash : unsigned_payload_hash); !set) {
        return set;
    }
    return claim.payload_kind == PayloadKind::streaming_signed ||
                   claim.payload_kind == PayloadKind::streaming_signed_trailer
               ? s3_fail("InvalidRequest",
                         "A body in signed chunks needs a request signed with AWS4-HMAC-SHA256.")
               : Result<void>();
}

Result<Claim> parse_authorization(const http::Request& request) {
    SLIPWAY_TRY(query, parse_query(request.query()));
    const std::string* header = authorization_header(request);
    const bool in_query = has_query_authorization(query);
    const bool in_query_v2 = has_query_signature_v2(query);
    if ((header != nullptr && (in_query || in_query_v2)) || (in_query && in_query_v2)) {
        return s3_fail("InvalidArgument",
                       "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "
                       "Signature query string parameter or the Authorization header should be "
                       "specified");
    }
    if (header != nullptr) {
        return parse_header_authorization(request, *header);
    }
    if (in_query) {
        return parse_query_authorization(request, query);
    }
    return in_query_v2 ? parse_query_claim_v2(request, query) : s3_fail("AccessDenied");
}

}  // namespace slipway::s3
