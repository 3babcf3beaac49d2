// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"
#include "s3/sigv4.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::s3 {

/// What a browser's form may store. Views must live until sign_post returns.
struct PostPolicy {
    std::string_view bucket;
    std::string_view key;  ///< ending with "${filename}": all that begin with what is before it
    std::chrono::seconds expires_in{3600};
    std::optional<std::uint64_t> size_min;
    std::optional<std::uint64_t> size_max;
    std::vector<NameValue> fields;  ///< of the form, with the values they must have
};

/// The fields of the form, in its order: key, the policy's, the signature's. The file comes last.
///
/// Pure: time comes in. Errors: invalid_argument: bad key or bucket, expiry, sizes, a field that
/// the signature brings itself, no UTF-8.
/// Source: AWS, "Browser-Based Uploads Using POST (AWS Signature Version 4)" (read 2026-11).
Result<std::vector<std::pair<std::string, std::string>>> sign_post(const Signer& signer,
                                                                   const PostPolicy& policy,
                                                                   Time now);

// --- The other side: what a store that is sent such a form makes of it ---------------------------

/// The fields of a form before its file; names in lower case, each once.
using PostFields = std::vector<std::pair<std::string, std::string>>;

/// The value of that field (name in lower case), or nullptr.
const std::string* find_field(const PostFields& fields, std::string_view name);

/// Who signed the form, with version 4 or 2 of the signature; nothing for one without a policy.
/// Errors: invalid_argument `InvalidArgument` naming the field that is missing or wrong.
Result<std::optional<Claim>> read_post_claim(const PostFields& fields);

/// Checks the claim against the key it names. `policy` as the form has it.
/// Errors: `SignatureDoesNotMatch`, `InvalidArgument` for another region, `AccessDenied` for a
/// signature from the future or older than a week; `InvalidToken`, `ExpiredToken`.
Result<> verify_post(const Claim& claim, std::string_view policy, const Signer& signer, Time now);

struct PostCondition {
    bool starts_with = false;  ///< else it is equal
    std::string field;         ///< lower case
    std::string value;
    friend bool operator==(const PostCondition&, const PostCondition&) = default;
};

/// A policy as a form brings it.
struct ReceivedPolicy {
    Time expiration{};
    std::vector<PostCondition> conditions;
    std::uint64_t size_min = 0;
    std::optional<std::uint64_t> size_max;
};

/// Reads the field "policy": base64 of JSON.
/// Errors: invalid_argument `InvalidPolicyDocument`.
Result<ReceivedPolicy> parse_post_policy(std::string_view encoded);

/// Whether the policy lets a form with these fields be sent to that bucket now. The size of the
/// file is for whoever reads it.
/// Errors: permission_denied `AccessDenied`: expired, a condition that does not hold, a field that
/// no condition speaks of.
Result<> check_post_policy(const ReceivedPolicy& policy,
                           const PostFields& fields,
                           std::string_view bucket,
                           Time now);

}  // namespace slipway::s3
