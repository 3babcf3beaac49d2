// SPDX-License-Identifier: Apache-2.0
// The words of the errors are Amazon's (seen 2026-11).
#include "base/secret.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "codec/time.h"
#include "http/headers.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "s3/post_policy.h"
#include "s3/sigv2.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace slipway::s3 {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

// What a form carries and no condition need speak of.
constexpr auto free_fields = std::to_array<std::string_view>(
    {"awsaccesskeyid", "file", "policy", "signature", "x-amz-signature"});

tl::unexpected<Error> invalid_policy(std::string_view why) {
    return s3_fail("InvalidPolicyDocument", fmt::format("Invalid Policy: {}", why));
}

tl::unexpected<Error> against_policy(std::string_view why) {
    return s3_fail("AccessDenied", fmt::format("Invalid according to Policy: {}", why));
}

/// Amazon's policies may have the escapes \$ and \v, which JSON does not know.
std::string as_json(std::string_view text) {
    std::string json;
    json.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            json += text[i];
            continue;
        }
        const char escaped = text[++i];
        if (escaped == '$') {
            json += '$';
        } else if (escaped == 'v') {
            json += "\\u000b";
        } else {
            json.append({'\\', escaped});
        }
    }
    return json;
}

/// A number of bytes; some programs write it as a text.
std::optional<std::uint64_t> size_in(codec::JsonView value) {
    if (const auto text = value.as_string()) {
        std::uint64_t number = 0;
        const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
        return read.ec == std::errc() && read.ptr == text->data() + text->size()
                   ? std::optional(number)
                   : std::nullopt;
    }
    return value.as_uint64();
}

Result<> read_size_range(codec::JsonView condition, ReceivedPolicy& policy) {
    if (condition.size() != 3) {
        return invalid_policy(
            "Invalid Content-Length-Range: expecting a lower and an upper bound.");
    }
    const auto least = size_in(condition.at(1));
    const auto most = size_in(condition.at(2));
    if (!least || !most) {
        return invalid_policy("Invalid Content-Length-Range: its bounds are numbers of bytes.");
    }
    policy.size_min = std::max(policy.size_min, *least);
    policy.size_max = std::min(policy.size_max.value_or(*most), *most);
    return {};
}

/// {"acl": "public-read"}
Result<PostCondition> read_simple(codec::JsonView condition) {
    if (condition.size() != 1) {
        return invalid_policy(
            "Invalid Simple-Condition: Simple-Conditions must have exactly one property "
            "specified.");
    }
    const auto [name, value] = condition.member_at(0);
    const auto text = value.as_string();
    if (!text) {
        return invalid_policy(
            fmt::format("Invalid Simple-Condition: value of \"{}\" must be a string.", name));
    }
    return PostCondition{false, http::lower_case(name), std::string(*text)};
}

/// ["starts-with", "$key", "user/"]
Result<PostCondition> read_matching(std::string_view operation, codec::JsonView condition) {
    const bool starts_with = operation == "starts-with";
    if (!starts_with && operation != "eq") {
        return invalid_policy(fmt::format("Invalid Condition: unknown operation '{}'.", operation));
    }
    const auto name = condition.size() == 3 ? condition.at(1).as_string() : std::nullopt;
    const auto value = condition.size() == 3 ? condition.at(2).as_string() : std::nullopt;
    if (!name || !value || !name->starts_with('$')) {
        return invalid_policy(
            fmt::format("Invalid Condition: \"{}\" takes a field, written as \"$name\", and a "
                        "value.",
                        operation));
    }
    return PostCondition{starts_with, http::lower_case(name->substr(1)), std::string(*value)};
}

Result<> read_condition(codec::JsonView condition, ReceivedPolicy& policy) {
    if (condition.is_object()) {
        SLIPWAY_TRY(simple, read_simple(condition));
        policy.conditions.push_back(std::move(simple));
        return {};
    }
    const auto operation =
        condition.is_array() && condition.size() > 0 ? condition.at(0).as_string() : std::nullopt;
    if (!operation) {
        return invalid_policy(
            "Invalid Condition: it is neither an object nor a list that begins "
            "with an operation.");
    }
    const std::string name = http::lower_case(*operation);
    if (name == "content-length-range") {
        return read_size_range(condition, policy);
    }
    SLIPWAY_TRY(matching, read_matching(name, condition));
    policy.conditions.push_back(std::move(matching));
    return {};
}

bool holds(const PostCondition& condition, std::string_view value) {
    if (!condition.starts_with) {
        return value == condition.value;
    }
    if (condition.field != "content-type") {
        return value.starts_with(condition.value);
    }
    // A list of types: each must begin so.
    while (true) {
        const auto comma = value.find(',');
        if (!http::trimmed(value.substr(0, comma)).starts_with(condition.value)) {
            return false;
        }
        if (comma == std::string_view::npos) {
            return true;
        }
        value.remove_prefix(comma + 1);
    }
}

/// A checksum only makes the form stricter.
bool is_free(std::string_view field) {
    return field.starts_with("x-ignore-") || field.starts_with("x-amz-checksum-") ||
           std::ranges::find(free_fields, field) != free_fields.end();
}

tl::unexpected<Error> missing_field(std::string_view name) {
    return s3_fail("InvalidArgument",
                   fmt::format("Bucket POST must contain a field named '{}'.  If it is specified, "
                               "please check the order of the fields.",
                               name));
}

Result<std::string_view> required(const PostFields& fields, std::string_view name) {
    const std::string* value = find_field(fields, http::lower_case(name));
    if (value == nullptr || value->empty()) {
        return missing_field(name);
    }
    return std::string_view(*value);
}

Result<Claim> read_claim_v4(const PostFields& fields) {
    Claim claim;
    SLIPWAY_TRY(algorithm_name, required(fields, "X-Amz-Algorithm"));
    SLIPWAY_TRY(credential, required(fields, "X-Amz-Credential"));
    SLIPWAY_TRY(date_text, required(fields, "X-Amz-Date"));
    SLIPWAY_TRY(signature, required(fields, "X-Amz-Signature"));
    if (algorithm_name != algorithm) {
        return s3_fail("InvalidArgument",
                       fmt::format("X-Amz-Algorithm only supports \"{}\"", algorithm));
    }
    const auto date = codec::parse_amz_date(date_text);
    if (!read_credential(credential, claim) || !date || codec::amz_day(*date) != claim.scope.day ||
        claim.scope.service != "s3") {
        return s3_fail("InvalidArgument",
                       "X-Amz-Credential must be \"<YOUR-AKID>/YYYYMMDD/REGION/s3/aws4_request\" "
                       "of the day that X-Amz-Date names, as 20261121T120000Z.");
    }
    claim.date = *date;
    claim.signature = signature;
    return claim;
}

Result<Claim> read_claim_v2(const PostFields& fields) {
    Claim claim;
    claim.version_2 = true;
    SLIPWAY_TRY(id, required(fields, "AWSAccessKeyId"));
    SLIPWAY_TRY(signature, required(fields, "Signature"));
    claim.access_key_id = id;
    claim.signature = signature;
    return claim;
}

std::string expected_signature(const Claim& claim, std::string_view policy, const Signer& signer) {
    if (claim.version_2) {
        return signature_v2(signer.credentials(), policy);
    }
    std::string signature;
    const auto day = std::chrono::floor<std::chrono::days>(claim.date);
    signer.signing_key(day).append_text_signature(signature, policy);
    return signature;
}

}  // namespace

const std::string* find_field(const PostFields& fields, std::string_view name) {
    const auto found = std::ranges::find(fields, name, &PostFields::value_type::first);
    return found == fields.end() ? nullptr : &found->second;
}

Result<std::optional<Claim>> read_post_claim(const PostFields& fields) {
    const auto has = [&fields](std::string_view name) {
        return find_field(fields, name) != nullptr;
    };
    const bool has_v4 = has("x-amz-algorithm") || has("x-amz-credential") || has("x-amz-signature");
    const bool has_v2 = has("awsaccesskeyid") || has("signature");
    if (!has("policy")) {
        if (has_v4 || has_v2) {
            return missing_field("policy");
        }
        return std::optional<Claim>();
    }
    SLIPWAY_TRY(claim, has_v4 ? read_claim_v4(fields) : read_claim_v2(fields));
    if (const std::string* token = find_field(fields, "x-amz-security-token")) {
        claim.session_token = *token;
    }
    return std::optional(std::move(claim));
}

Result<> verify_post(const Claim& claim, std::string_view policy, const Signer& signer, Time now) {
    if (!claim.version_2) {
        if (claim.scope.region != signer.region()) {
            return s3_fail("InvalidArgument",
                           fmt::format("The region '{}' in X-Amz-Credential is wrong; expecting "
                                       "'{}'",
                                       claim.scope.region, signer.region()));
        }
        // Also so that a stranger cannot make us derive keys for all days there are.
        if (claim.date > now + clock_skew_max || claim.date < now - presign_expiry_max) {
            return s3_fail("AccessDenied",
                           "The form was signed more than a week ago, or in the future.");
        }
    }
    if (!equal_in_constant_time(expected_signature(claim, policy, signer), claim.signature)) {
        return s3_fail("SignatureDoesNotMatch");
    }
    if (claim.session_token != signer.credentials().session_token) {
        return s3_fail("InvalidToken");
    }
    const auto& expires_at = signer.credentials().expires_at;
    return expires_at && now >= *expires_at ? s3_fail("ExpiredToken") : Result<>();
}

Result<ReceivedPolicy> parse_post_policy(std::string_view encoded) {
    const auto text = codec::base64_decode(encoded);
    if (!text) {
        return invalid_policy("it is not base64.");
    }
    const auto json =
        codec::parse_json(as_json(*text), {post_policy_depth_max, post_fields_bytes_max});
    if (!json || !json->root().is_object()) {
        return invalid_policy("Invalid JSON.");
    }
    const auto expiration = json->root()["expiration"].as_string();
    if (!expiration) {
        return invalid_policy("Policy missing expiration.");
    }
    const auto conditions = json->root()["conditions"];
    if (!conditions.is_array()) {
        return invalid_policy("Policy missing conditions.");
    }
    ReceivedPolicy policy;
    const auto time = codec::parse_iso8601(*expiration);
    if (!time) {
        return invalid_policy(fmt::format("Invalid 'expiration' value: '{}'", *expiration));
    }
    policy.expiration = *time;
    if (conditions.size() > post_policy_conditions_max) {
        return invalid_policy(
            fmt::format("it has more than {} conditions.", post_policy_conditions_max));
    }
    for (const codec::JsonView condition : conditions.elements()) {
        SLIPWAY_CHECK(read_condition(condition, policy));
    }
    return policy;
}

Result<> check_post_policy(const ReceivedPolicy& policy,
                           const PostFields& fields,
                           std::string_view bucket,
                           Time now) {
    if (now >= policy.expiration) {
        return against_policy("Policy expired.");
    }
    for (const PostCondition& condition : policy.conditions) {
        const std::string* sent = find_field(fields, condition.field);
        const std::string_view value = condition.field == "bucket" ? bucket
                                       : sent != nullptr           ? std::string_view(*sent)
                                                                   : std::string_view();
        if (!holds(condition, value)) {
            return against_policy(fmt::format("Policy Condition failed: [\"{}\", \"${}\", \"{}\"]",
                                              condition.starts_with ? "starts-with" : "eq",
                                              condition.field, condition.value));
        }
    }
    const auto is_covered = [&policy](std::string_view name) {
        return is_free(name) || std::ranges::find(policy.conditions, name, &PostCondition::field) !=
                                    policy.conditions.end();
    };
    // The bucket is a field of each form, whether or not it is written there.
    if (!is_covered("bucket")) {
        return against_policy("Extra input fields: bucket");
    }
    for (const auto& [name, value] : fields) {
        if (!is_covered(name)) {
            return against_policy(fmt::format("Extra input fields: {}", name));
        }
    }
    return {};
}

}  // namespace slipway::s3
