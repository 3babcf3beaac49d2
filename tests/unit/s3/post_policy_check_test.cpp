// SPDX-License-Identifier: Apache-2.0
#include "codec/base64.h"
#include "s3/post_policy.h"
#include "unit/s3/sigv4_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

namespace slipway::s3 {
namespace {

const Time now = test::at("20261121T120000Z");

std::string encoded(std::string_view conditions,
                    std::string_view expiration = "2026-11-21T13:00:00Z") {
    return codec::base64_encode(std::string("{\"expiration\": \"")
                                    .append(expiration)
                                    .append("\", \"conditions\": ")
                                    .append(conditions)
                                    .append("}"));
}

/// What becomes of a form with these fields under a policy of these conditions.
Error checked(std::string_view conditions, const PostFields& fields, Time at = now) {
    const auto policy = parse_post_policy(encoded(conditions));
    if (!policy) {
        return policy.error();
    }
    const auto result = check_post_policy(*policy, fields, "photos", at);
    return result ? Error{ErrorKind::internal, "allowed", ""} : result.error();
}

TEST(PostPolicyCheck, EachFormOfACondition) {
    const std::string_view policy = R"([{"bucket": "photos"}, ["starts-with", "$key", "user/"],
        ["eq", "$acl", "private"], {"Content-Type": "image/png"},
        ["starts-with", "$x-amz-meta-title", ""]])";
    const PostFields good = {{"key", "user/a"}, {"acl", "private"}, {"content-type", "image/png"}};
    EXPECT_EQ(checked(policy, good).message, "allowed");
    for (std::size_t i = 0; i < good.size(); ++i) {
        PostFields bad = good;
        bad[i].second = "other";
        const Error error = checked(policy, bad);
        EXPECT_EQ(error.code, "AccessDenied");
        EXPECT_TRUE(
            error.message.starts_with("Invalid according to Policy: Policy Condition "
                                      "failed: [\""))
            << error.message;
        bad.erase(bad.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_EQ(checked(policy, bad).code, "AccessDenied") << "without " << good[i].first;
    }
    PostFields titled = good;
    titled.emplace_back("x-amz-meta-title", "any");
    EXPECT_EQ(checked(policy, titled).message, "allowed");
}

TEST(PostPolicyCheck, NamesAndOperationsHaveNoCase) {
    EXPECT_EQ(checked(R"([{"bUcKeT": "photos"}, ["StArTs-WiTh", "$KeY", "foo"], ["EQ", "$AcL",
                        "private"], ["Content-Length-RANGE", 0, 9]])",
                      {{"key", "foo"}, {"acl", "private"}})
                  .message,
              "allowed");
}

TEST(PostPolicyCheck, EachFieldIsSpokenOf) {
    const std::string_view policy = R"([{"bucket": "photos"}, {"key": "a"}])";
    const PostFields free = {{"key", "a"},
                             {"awsaccesskeyid", "A"},
                             {"policy", "p"},
                             {"signature", "s"},
                             {"x-amz-signature", "s"},
                             {"x-ignore-this", "1"},
                             {"x-amz-checksum-crc32", "c"}};
    EXPECT_EQ(checked(policy, free).message, "allowed");
    PostFields more = free;
    more.emplace_back("x-amz-meta-a", "b");
    EXPECT_EQ(checked(policy, more).message,
              "Invalid according to Policy: Extra input fields: x-amz-meta-a");
    EXPECT_EQ(checked(R"([{"key": "a"}])", {{"key", "a"}}).code, "AccessDenied");
    EXPECT_EQ(checked(R"([{"bucket": "other"}, {"key": "a"}])", {{"key", "a"}}).code,
              "AccessDenied");
}

TEST(PostPolicyCheck, TypesInAListAreAllChecked) {
    const std::string_view policy =
        R"([{"bucket": "photos"}, ["starts-with", "$Content-Type", "image/"]])";
    EXPECT_EQ(checked(policy, {{"content-type", "image/png, image/jpeg"}}).message, "allowed");
    EXPECT_EQ(checked(policy, {{"content-type", "image/png,text/html"}}).code, "AccessDenied");
}

TEST(PostPolicyCheck, EscapesThatJsonDoesNotKnow) {
    EXPECT_EQ(
        checked(R"([{"bucket": "photos"}, {"key": "\$a\\\$b\v\u0041"}])", {{"key", "$a\\$b\vA"}})
            .message,
        "allowed");
    EXPECT_EQ(checked(R"([{"bucket": "photos"}, ["starts-with", "$key", "\\$foo"]])",
                      {{"key", "\\$foo.txt"}})
                  .message,
              "allowed");
}

TEST(PostPolicyCheck, ExpiresAtItsTime) {
    const Time end = test::at("20261121T130000Z");
    const std::string_view policy = R"([{"bucket": "photos"}])";
    EXPECT_EQ(checked(policy, {}, end - std::chrono::milliseconds(1)).message, "allowed");
    EXPECT_EQ(checked(policy, {}, end).message, "Invalid according to Policy: Policy expired.");
}

TEST(PostPolicyCheck, SizesMeet) {
    const auto policy = parse_post_policy(
        encoded(R"([["content-length-range", 5, 100], ["content-length-range", "1", "10"]])"));
    ASSERT_TRUE(policy);
    EXPECT_EQ(policy->size_min, 5);
    EXPECT_EQ(policy->size_max, 10);
    EXPECT_FALSE(parse_post_policy(encoded("[]"))->size_max);
}

TEST(PostPolicyCheck, BadDocumentsAreNamed) {
    for (const char* conditions :
         {"[{}]", R"([{"a": "b", "c": "d"}])", R"([{"acl": 1}])", R"([["eq", "$acl"]])",
          R"([["eq", "acl", "private"]])", R"([["eq", "$acl", "private", "more"]])",
          R"([["ends-with", "$acl", "e"]])", R"([[]])", R"(["acl"])", R"([[1, 2, 3]])",
          R"([["content-length-range", 0]])", R"([["content-length-range", -1, 0]])",
          R"([["content-length-range", 0, 1.5]])", R"([["content-length-range", 0, "1x"]])",
          R"({"acl": "private"})", "[[[[[[]]]]]]", "["}) {
        const auto policy = parse_post_policy(encoded(conditions));
        ASSERT_FALSE(policy) << conditions;
        EXPECT_EQ(policy.error().code, "InvalidPolicyDocument") << conditions;
    }
    for (const char* text :
         {"", "[]", "{}", R"({"conditions": []})", R"({"expiration": "2026-11-21T13:00:00Z"})",
          R"({"EXPIRATION": "2026-11-21T13:00:00Z", "conditions": []})",
          R"({"expiration": "2026-11-21T13:00:00Z", "CONDITIONS": []})",
          R"({"expiration": "2026-11-21 13:00:00+00:00", "conditions": []})",
          R"({"expiration": 5, "conditions": []})", "\\"}) {
        const auto policy = parse_post_policy(codec::base64_encode(std::string_view(text)));
        ASSERT_FALSE(policy) << text;
        EXPECT_EQ(policy.error().code, "InvalidPolicyDocument") << text;
    }
    EXPECT_FALSE(parse_post_policy("no base64"));
    std::string many = "[";
    for (int i = 0; i < 201; ++i) {
        many.append(i > 0 ? "," : "").append(R"({"a":"b"})");
    }
    EXPECT_FALSE(parse_post_policy(encoded(many + "]")));
}

// --- signatures --------------------------------------------------------------------------------

/// By boto3 1.43 with signature version 2 (2026-11).
const PostFields signed_with_v2 = {
    {"key", "u/${filename}"},
    {"acl", "private"},
    {"awsaccesskeyid", "AKIAIOSFODNN7EXAMPLE"},
    {"policy",
     "eyJleHBpcmF0aW9uIjogIjIwMjYtMTEtMjFUMjE6MTI6NDlaIiwgImNvbmRpdGlvbnMiOiBbeyJhY2wiOiAicHJpdmF0"
     "ZSJ9LCBbImNvbnRlbnQtbGVuZ3RoLXJhbmdlIiwgMSwgMTBdLCB7ImJ1Y2tldCI6ICJwaG90b3MifSwgWyJzdGFydHMt"
     "d2l0aCIsICIka2V5IiwgInUvIl1dfQ=="},
    {"signature", "yMoSrCnDDYF5ZHqqqPqxG2X8HLo="}};

std::string verified(const PostFields& fields, Time at = now, const char* secret = nullptr) {
    const auto claim = read_post_claim(fields);
    if (!claim) {
        return claim.error().code;
    }
    if (!*claim) {
        return "unsigned";
    }
    Credentials credentials = test::example_credentials();
    if (secret != nullptr) {
        credentials.secret_access_key = Secret(secret);
    }
    const Signer signer(credentials, "us-east-1");
    const auto result = verify_post(**claim, *find_field(fields, "policy"), signer, at);
    return result ? "verified" : result.error().code;
}

TEST(PostClaim, Version2) {
    EXPECT_EQ(verified(signed_with_v2), "verified");
    EXPECT_EQ(verified(signed_with_v2, now, "guess"), "SignatureDoesNotMatch");
    PostFields changed = signed_with_v2;
    changed[3].second = encoded("[]");
    EXPECT_EQ(verified(changed), "SignatureDoesNotMatch");
    const auto policy = parse_post_policy(signed_with_v2[3].second);
    ASSERT_TRUE(policy);
    EXPECT_EQ(policy->size_max, 10);
    EXPECT_TRUE(check_post_policy(*policy, {{"key", "u/a"}, {"acl", "private"}}, "photos", now));
}

/// What sign_post makes, as a form brings it.
PostFields signed_with_v4() {
    const Signer signer(test::example_credentials(), "us-east-1");
    PostPolicy policy;
    policy.bucket = "photos";
    policy.key = "u/${filename}";
    policy.size_max = 10;
    policy.fields = {{"acl", "private"}, {"x-amz-meta-a", "b"}};
    return sign_post(signer, policy, now).value();
}

TEST(PostClaim, Version4IsWhatSignPostMakes) {
    PostFields fields = signed_with_v4();
    EXPECT_EQ(verified(fields), "verified");
    EXPECT_EQ(verified(fields, now, "guess"), "SignatureDoesNotMatch");
    EXPECT_EQ(verified(fields, now + std::chrono::hours(24 * 7 + 1)), "AccessDenied");
    EXPECT_EQ(verified(fields, now - std::chrono::hours(1)), "AccessDenied");
    const auto policy = parse_post_policy(*find_field(fields, "policy"));
    ASSERT_TRUE(policy);
    std::ranges::find(fields, "key", &PostFields::value_type::first)->second = "u/a.jpg";
    EXPECT_TRUE(check_post_policy(*policy, fields, "photos", now));
}

TEST(PostClaim, MissingFieldsAreNamed) {
    EXPECT_EQ(verified({{"key", "a"}}), "unsigned");
    const auto without = [](PostFields fields, std::string_view name) {
        std::erase_if(fields, [name](const auto& field) { return field.first == name; });
        return fields;
    };
    for (const char* name : {"awsaccesskeyid", "signature", "policy"}) {
        EXPECT_EQ(verified(without(signed_with_v2, name)), "InvalidArgument") << name;
    }
    for (const char* name :
         {"x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "policy"}) {
        EXPECT_EQ(verified(without(signed_with_v4(), name)), "InvalidArgument") << name;
    }
}

TEST(PostClaim, CredentialsOfAnotherScopeAreRefused) {
    for (const char* credential :
         {"AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE/20261120/us-east-1/s3/aws4_request",
          "AKIAIOSFODNN7EXAMPLE/20261121/eu-west-1/s3/aws4_request",
          "AKIAIOSFODNN7EXAMPLE/20261121/us-east-1/sts/aws4_request"}) {
        PostFields fields = signed_with_v4();
        std::ranges::find(fields, "x-amz-credential", &PostFields::value_type::first)->second =
            credential;
        EXPECT_EQ(verified(fields), "InvalidArgument") << credential;
    }
}

}  // namespace
}  // namespace slipway::s3
