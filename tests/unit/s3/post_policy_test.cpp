// SPDX-License-Identifier: Apache-2.0
#include "s3/post_policy.h"

#include "codec/base64.h"
#include "codec/json.h"
#include "unit/s3/sigv4_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace slipway::s3 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;

PostPolicy photos() {
    PostPolicy policy;
    policy.bucket = "photos";
    policy.key = "ada/cat.jpg";
    policy.expires_in = std::chrono::minutes(10);
    return policy;
}

Result<std::vector<std::pair<std::string, std::string>>> sign(const PostPolicy& policy,
                                                              std::string token = {}) {
    Credentials credentials = test::example_credentials();
    credentials.session_token = std::move(token);
    const Signer signer(std::move(credentials), "us-east-1");
    return sign_post(signer, policy, test::at("20151229T000000Z"));
}

std::string text_of(const std::vector<std::pair<std::string, std::string>>& fields) {
    for (const auto& [name, value] : fields) {
        if (name == "policy") {
            return codec::base64_decode(value).value();
        }
    }
    return {};
}

TEST(PostPolicy, BringsTheFieldsOfAForm) {
    PostPolicy policy = photos();
    policy.fields = {{"Content-Type", "image/jpeg"}};
    const auto fields = sign(policy).value();
    EXPECT_THAT(fields, ElementsAre(Key("key"), Key("Content-Type"), Key("x-amz-algorithm"),
                                    Key("x-amz-credential"), Key("x-amz-date"), Key("policy"),
                                    Key("x-amz-signature")));
    EXPECT_EQ(fields[0].second, "ada/cat.jpg");
    EXPECT_EQ(fields[3].second, "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request");
    EXPECT_EQ(fields[6].second.size(), 64U);
}

TEST(PostPolicy, SaysWhatMayBeStored) {
    PostPolicy policy = photos();
    policy.size_min = 1;
    policy.size_max = 1000;
    policy.fields = {{"x-amz-meta-by", "Ada \"L\""}};
    EXPECT_EQ(text_of(sign(policy, "token").value()),
              R"({"expiration":"2015-12-29T00:10:00.000Z","conditions":[{"bucket":"photos"},)"
              R"({"key":"ada/cat.jpg"},["content-length-range",1,1000],)"
              R"({"x-amz-meta-by":"Ada \"L\""},{"x-amz-algorithm":"AWS4-HMAC-SHA256"},)"
              R"({"x-amz-credential":"AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},)"
              R"({"x-amz-date":"20151229T000000Z"},{"x-amz-security-token":"token"}]})");
}

TEST(PostPolicy, AKeyMayLeaveTheFileNameOpen) {
    PostPolicy policy = photos();
    policy.key = "ada/${filename}";
    EXPECT_THAT(text_of(sign(policy).value()), HasSubstr(R"(["starts-with","$key","ada/"])"));
}

TEST(PostPolicy, TheSignatureIsOfTheEncodedPolicy) {
    const Signer signer(test::example_credentials(), "us-east-1");
    const auto fields = sign(photos()).value();
    std::map<std::string, std::string> by_name(fields.begin(), fields.end());
    std::string expected;
    signer.signing_key(std::chrono::floor<std::chrono::days>(test::at("20151229T000000Z")))
        .append_text_signature(expected, by_name["policy"]);
    EXPECT_EQ(by_name["x-amz-signature"], expected);
}

TEST(PostPolicy, RefusesWhatCanNeverWork) {
    const auto refused = [](auto change) {
        PostPolicy policy = photos();
        change(policy);
        const auto fields = sign(policy);
        return fields ? std::string() : fields.error().message;
    };
    EXPECT_THAT(refused([](auto& policy) { policy.expires_in = std::chrono::seconds(0); }),
                HasSubstr("expires_in is 0 s"));
    EXPECT_THAT(refused([](auto& policy) { policy.expires_in = std::chrono::hours(169); }),
                HasSubstr("604800"));
    EXPECT_THAT(refused([](auto& policy) { policy.size_min = 2, policy.size_max = 1; }),
                HasSubstr("smallest size (2)"));
    EXPECT_THAT(refused([](auto& policy) {
                    policy.fields = {{"Policy", "mine"}};
                }),
                HasSubstr("\"Policy\""));
    EXPECT_THAT(refused([](auto& policy) { policy.fields = {{"a", "\xff"}}; }), HasSubstr("UTF-8"));
    EXPECT_NE(refused([](auto& policy) { policy.key = ""; }), "");
    EXPECT_NE(refused([](auto& policy) { policy.bucket = "A"; }), "");
}

}  // namespace
}  // namespace slipway::s3
