// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"
#include "codec/time.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "s3/sigv4.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace slipway::s3 {

namespace chrono = std::chrono;

namespace {

Result<void> check_scope(const Claim& claim, std::string_view expected_region) {
    std::string wrong;
    if (claim.scope.service != "s3") {
        wrong = fmt::format("incorrect service \"{}\". This endpoint belongs to \"s3\".",
                            claim.scope.service);
    } else if (!expected_region.empty() && claim.scope.region != expected_region) {
        wrong = fmt::format("the region '{}' is wrong; expecting '{}'", claim.scope.region,
                            expected_region);
    }
    if (wrong.empty()) {
        return {};
    }
    return claim.presigned
               ? s3_fail("AuthorizationQueryParametersError",
                         fmt::format("Error parsing the X-Amz-Credential parameter; {}", wrong))
               : s3_fail("AuthorizationHeaderMalformed",
                         fmt::format("The authorization header is malformed; {}", wrong));
}

Result<void> check_time(const Claim& claim, Time now) {
    if (!claim.presigned) {
        return chrono::abs(now - claim.date) > clock_skew_max ? s3_fail("RequestTimeTooSkewed")
                                                              : Result<void>();
    }
    if (claim.date > now + clock_skew_max) {
        return s3_fail("AccessDenied", "Request is not yet valid");
    }
    if (now >= claim.date + claim.expires_in) {
        return s3_fail("AccessDenied", "Request has expired");
    }
    return {};
}

/// What changes the meaning of a request must be signed, or the holder of a URL could add, say, an
/// x-amz-copy-source. The payload hash only makes a request stricter.
Result<void> check_signed_headers(const http::Request& request, const Claim& claim) {
    for (const http::Header& header : request.headers) {
        const std::string_view name = header.name;
        const bool must =
            http::equal_ignoring_case(name, "host") ||
            (http::equal_ignoring_case(name.substr(0, 6), "x-amz-") &&
             !(claim.presigned && http::equal_ignoring_case(name, "x-amz-content-sha256")));
        if (must && !claim.is_signed(name)) {
            return s3_fail("AccessDenied",
                           fmt::format("There were headers present in the request which were not "
                                       "signed: {}",
                                       name));
        }
    }
    return claim.is_signed("host")
               ? Result<void>()
               : s3_fail("AccessDenied", "The host header must be a signed header.");
}

/// The signed headers of the request, in the claim's order.
Result<std::vector<NameValue>> gather(const http::Request& request,
                                      const Claim& claim,
                                      std::string& length_text) {
    std::vector<NameValue> headers;
    headers.reserve(claim.signed_headers.size());
    for (const std::string& name : claim.signed_headers) {
        const std::size_t before = headers.size();
        for (const http::Header& header : request.headers) {
            if (http::equal_ignoring_case(header.name, name)) {
                headers.push_back(NameValue{header.name, header.value});
            }
        }
        if (headers.size() == before && name == "content-length" && request.content_length) {
            // The server may have taken it out of the headers.
            length_text = std::to_string(*request.content_length);
            headers.push_back(NameValue{name, length_text});
        }
        if (headers.size() == before) {
            return s3_fail("SignatureDoesNotMatch",
                           fmt::format("The signed header \"{}\" is not in the request. Send it "
                                       "with the value that was signed.",
                                       name));
        }
    }
    return headers;
}

Result<void> check_signature(const http::Request& request,
                             const Claim& claim,
                             const SigningKey& key) {
    if (auto checked = check_signed_headers(request, claim); !checked) {
        return checked;
    }
    std::string length_text;
    SLIPWAY_TRY(headers, gather(request, claim, length_text));
    SLIPWAY_TRY(path, canonical_path(request.path()));
    SLIPWAY_TRY(query, canonical_query(request.query()));
    const std::string date = codec::amz_date(claim.date);
    const auto matches = [&](std::string_view as_path) {
        std::string canonical;
        append_canonical_request(canonical,
                                 SignableRequest{.method = http::to_string(request.method),
                                                 .path = as_path,
                                                 .query = query,
                                                 .headers = headers,
                                                 .payload_hash = claim.payload_hash});
        std::string expected;
        key.append_signature(expected, canonical, date);
        return equal_in_constant_time(expected, claim.signature);
    };
    // Some clients sign the path as they send it, though it has, say, a bare "(" or "%2f". The
    // proof is as good: it is over the very bytes that came.
    const bool proven = matches(path) || (request.path() != path && matches(request.path()));
    return proven ? Result<void>() : s3_fail("SignatureDoesNotMatch");
}

Result<void> check_scope_and_time(const Claim& claim, Time now, std::string_view expected_region) {
    auto scope = check_scope(claim, expected_region);
    return scope ? check_time(claim, now) : scope;
}

}  // namespace

Result<void> verify(const http::Request& request,
                    const Claim& claim,
                    const Secret& secret_access_key,
                    Time now,
                    std::string_view expected_region) {
    if (auto checked = check_scope_and_time(claim, now, expected_region); !checked) {
        return checked;
    }
    return check_signature(request, claim, SigningKey(secret_access_key, claim.scope));
}

Result<void> Signer::verify(const http::Request& request, const Claim& claim, Time now) const {
    if (auto checked = check_scope_and_time(claim, now, region_); !checked) {
        return checked;
    }
    if (claim.session_token != credentials_.session_token) {
        return s3_fail("InvalidToken");
    }
    if (credentials_.expires_at && now >= *credentials_.expires_at) {
        return s3_fail("ExpiredToken");
    }
    // The time was checked first, so a stranger cannot make us derive keys for all days there are.
    return check_signature(request, claim, signing_key(chrono::floor<chrono::days>(claim.date)));
}

}  // namespace slipway::s3
