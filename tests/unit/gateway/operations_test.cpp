// SPDX-License-Identifier: Apache-2.0
// What is not offered is refused by name, never answered as something else.
#include "gateway/operations.h"

#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;

struct Asked {
    Method method;
    const char* target;
};

class NotImplemented : public GatewayTest, public testing::WithParamInterface<Asked> {};

TEST_P(NotImplemented, IsRefusedByName) {
    put("a", "hello");
    const Answer answer = send(GetParam().method, GetParam().target, {},
                               GetParam().method == Method::put ? "hallo" : "");
    EXPECT_EQ(answer.status, 501);
    EXPECT_EQ(answer.code(), "NotImplemented");
    std::string name(GetParam().target);
    name = name.substr(name.find('?') + 1);
    name = name.substr(0, name.find_first_of("=&"));
    EXPECT_THAT(answer.element("Message"), testing::HasSubstr(name));
    EXPECT_EQ(reads, 0);
    EXPECT_EQ(get("a").body, "hello");
}

INSTANTIATE_TEST_SUITE_P(All,
                         NotImplemented,
                         testing::Values(Asked{Method::put, "/photos/a?partNumber=1"},

                                         Asked{Method::put, "/photos?policy"},
                                         Asked{Method::delete_, "/photos?policy"},
                                         Asked{Method::put, "/photos?website"},

                                         Asked{Method::post, "/photos/a?select&select-type=2"},
                                         Asked{Method::put, "/photos/a?renameObject"},
                                         Asked{Method::put, "/photos/a?retention"}));

TEST_F(GatewayTest, HeadOfSomethingNotImplementedHasNoBody) {
    const Answer answer = send(Method::head, "/photos/a?retention");
    EXPECT_EQ(answer.status, 501);
    EXPECT_EQ(answer.body, "");
}

class NotImplementedHeader
    : public GatewayTest,
      public testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(NotImplementedHeader, IsRefusedByName) {
    const auto& [name, value] = GetParam();
    const Answer answer = put("a", "hello", {{name, value}});
    EXPECT_EQ(answer.status, 501);
    EXPECT_THAT(answer.element("Message"), testing::HasSubstr(name));
    EXPECT_EQ(reads, 0);
    EXPECT_EQ(head("a").status, 404);
    const Answer by_url =
        send_raw(request(Method::put, presign(Method::put, "a", {{name, value}})), "hello");
    EXPECT_EQ(by_url.status, 501);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    NotImplementedHeader,
    testing::Values(std::pair("x-amz-server-side-encryption", "AES256"),
                    std::pair("x-amz-server-side-encryption-customer-key", "a2V5"),
                    std::pair("x-amz-if-match-size", "5"),
                    std::pair("x-amz-optional-object-attributes", "RestoreStatus"),
                    std::pair("x-amz-object-lock-mode", "GOVERNANCE"),
                    std::pair("x-amz-website-redirect-location", "/b"),
                    std::pair("x-amz-write-offset-bytes", "5")));

TEST_F(GatewayTest, CannedAclIsAcceptedAndAnUnknownOneIsNot) {
    EXPECT_EQ(put("a", "hello", {{"x-amz-acl", "private"}}).status, 200);
    EXPECT_EQ(put("a", "hello", {{"x-amz-acl", "bucket-owner-full-control"}}).status, 200);
    const Answer answer = put("b", "hello", {{"x-amz-acl", "everybody"}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "InvalidArgument");
}

TEST_F(GatewayTest, ExpectedBucketOwnerMustBeTheOwner) {
    EXPECT_EQ(put("a", "hello", {{"x-amz-expected-bucket-owner", "slipway"}}).status, 200);
    EXPECT_EQ(put("a", "hello", {{"x-amz-expected-bucket-owner", "111122223333"}}).status, 403);
}

TEST_F(GatewayTest, UnknownMethodsAreNotAllowed) {
    EXPECT_EQ(send(Method::patch, "/photos/a").code(), "MethodNotAllowed");
    EXPECT_EQ(send(Method::post, "/photos/a").code(), "MethodNotAllowed");
    EXPECT_EQ(send(Method::put, "/").code(), "MethodNotAllowed");
}

TEST_F(GatewayTest, ParametersThatMeanNothingAreIgnored) {
    EXPECT_EQ(send(Method::put, "/photos/a?x-id=PutObject", {}, "hello").status, 200);
    EXPECT_EQ(send(Method::get, "/photos/a?x-id=GetObject").body, "hello");
}

}  // namespace
}  // namespace slipway::gateway
