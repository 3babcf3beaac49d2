// SPDX-License-Identifier: Apache-2.0
#include "s3/post_policy.h"

#include "codec/base64.h"
#include "codec/json.h"
#include "codec/time.h"
#include "codec/utf8.h"
#include "http/headers.h"
#include "s3/limits.h"
#include "s3/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace slipway::s3 {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view any_file_name = "${filename}";
constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
// What sign_post writes itself.
constexpr std::array own_fields = {"bucket",
                                   "file",
                                   "key",
                                   "policy",
                                   "x-amz-algorithm",
                                   "x-amz-credential",
                                   "x-amz-date",
                                   "x-amz-security-token",
                                   "x-amz-signature"};

Result<> check(const PostPolicy& policy) {
    if (policy.expires_in < std::chrono::seconds(1) || policy.expires_in > presign_expiry_max) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("presign: expires_in is {} s; use 1 to {}",
                                policy.expires_in.count(), presign_expiry_max.count()));
    }
    if (policy.size_min.value_or(0) > policy.size_max.value_or(object_bytes_max)) {
        return fail(
            ErrorKind::invalid_argument,
            fmt::format("presign: the smallest size ({}) is above the largest ({})",
                        policy.size_min.value_or(0), policy.size_max.value_or(object_bytes_max)));
    }
    for (const NameValue& field : policy.fields) {
        if (std::ranges::find(own_fields, http::lower_case(field.name)) != own_fields.end()) {
            return fail(ErrorKind::invalid_argument,
                        fmt::format("presign: the field \"{}\" is not to be given: the signature "
                                    "brings it",
                                    field.name));
        }
        if (field.name.empty() || !codec::valid_utf8(field.name) ||
            !codec::valid_utf8(field.value)) {
            return fail(ErrorKind::invalid_argument,
                        "presign: a form's fields have names, and are UTF-8");
        }
    }
    SLIPWAY_CHECK(check_bucket_name(policy.bucket));
    return check_object_key(policy.key);
}

void equals(codec::JsonWriter& json, std::string_view name, std::string_view value) {
    json.begin_object();
    json.member(name, value);
    json.end_object();
}

void key_condition(codec::JsonWriter& json, std::string_view key) {
    if (!key.ends_with(any_file_name)) {
        equals(json, "key", key);
        return;
    }
    key.remove_suffix(any_file_name.size());
    json.begin_array();
    json.string("starts-with");
    json.string("$key");
    json.string(key);
    json.end_array();
}

std::string policy_text(const PostPolicy& policy, const Fields& signed_fields, Time now) {
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    json.member("expiration", codec::iso8601(now + policy.expires_in));
    json.key("conditions");
    json.begin_array();
    equals(json, "bucket", policy.bucket);
    key_condition(json, policy.key);
    if (policy.size_min || policy.size_max) {
        json.begin_array();
        json.string("content-length-range");
        json.number(policy.size_min.value_or(0));
        json.number(policy.size_max.value_or(object_bytes_max));
        json.end_array();
    }
    for (const auto& [name, value] : signed_fields) {
        equals(json, name, value);
    }
    json.end_array();
    json.end_object();
    return text;
}

}  // namespace

Result<Fields> sign_post(const Signer& signer, const PostPolicy& policy, Time now) {
    SLIPWAY_CHECK(check(policy));
    const SigningKey& key = signer.signing_key(std::chrono::floor<std::chrono::days>(now));
    const Credentials& credentials = signer.credentials();
    Fields fields;
    for (const NameValue& field : policy.fields) {
        fields.emplace_back(field.name, field.value);
    }
    fields.emplace_back("x-amz-algorithm", algorithm);
    fields.emplace_back("x-amz-credential",
                        fmt::format("{}/{}", credentials.access_key_id, key.scope()));
    fields.emplace_back("x-amz-date", codec::amz_date(now));
    if (!credentials.session_token.empty()) {
        fields.emplace_back("x-amz-security-token", credentials.session_token);
    }
    const std::string encoded = codec::base64_encode(policy_text(policy, fields, now));
    std::string signature;
    key.append_text_signature(signature, encoded);
    fields.insert(fields.begin(), {"key", std::string(policy.key)});
    fields.emplace_back("policy", encoded);
    fields.emplace_back("x-amz-signature", std::move(signature));
    return fields;
}

}  // namespace slipway::s3
