// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"
#include "http/message.h"
#include "s3/credentials.h"
#include "s3/sigv4.h"
#include "s3/target.h"

#include <string>
#include <string_view>

/// Signature version 2, where clients still use it against an endpoint of one's own: in presigned
/// URLs and in POST forms (boto3, aws cli version 1). Not in the Authorization header.
/// Source: AWS, "Signing and authenticating REST requests" (read 2026-11).
namespace slipway::s3 {

/// Whether the query is that of a URL presigned with version 2.
bool has_query_signature_v2(const QueryPairs& query);

/// Reads AWSAccessKeyId, Signature and Expires. The claim's `date` is when the URL expires.
/// Errors, with S3's codes and words: `AccessDenied` (one of the three is missing, or Expires is no
/// number), `InvalidArgument`, `InvalidRequest` for a signed aws-chunked body.
Result<Claim> parse_query_claim_v2(const http::Request& request, const QueryPairs& query);

/// Checks a claim of version 2.
/// Errors: `AccessDenied` for a URL that has expired, `SignatureDoesNotMatch`, `InvalidToken`,
/// `ExpiredToken`. Compares in constant time.
Result<void> verify_v2(const http::Request& request,
                       const S3Target& target,
                       const Claim& claim,
                       const Credentials& credentials,
                       Time now);

/// The text whose HMAC a presigned URL carries.
std::string string_to_sign_v2(const http::Request& request, const S3Target& target);

/// Base64 of the HMAC-SHA1 of a text: a URL's string to sign, a form's policy.
std::string signature_v2(const Credentials& credentials, std::string_view text);

}  // namespace slipway::s3
