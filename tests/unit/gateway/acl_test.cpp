// SPDX-License-Identifier: Apache-2.0
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;

class Acl : public GatewayTest {
  protected:
    static std::string policy(std::string_view grants) {
        return std::string(
                   "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                   "<Owner><ID>slipway</ID></Owner><AccessControlList>")
            .append(grants)
            .append("</AccessControlList></AccessControlPolicy>");
    }
    static constexpr const char* to_owner =
        "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        "xsi:type=\"CanonicalUser\"><ID>slipway</ID></Grantee><Permission>FULL_CONTROL</Permission>"
        "</Grant>";
    static constexpr const char* to_all =
        "<Grant><Grantee><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee>"
        "<Permission>READ</Permission></Grant>";
    static std::size_t grants_in(const Answer& answer) {
        std::size_t count = 0;
        for (auto at = answer.body.find("<Grant>"); at != std::string::npos;
             at = answer.body.find("<Grant>", at + 1)) {
            ++count;
        }
        return count;
    }
};

TEST_F(Acl, OfABucketIsSetAndTold) {
    const Answer first = send(Method::get, "/photos?acl");
    EXPECT_EQ(grants_in(first), 1);
    EXPECT_EQ(first.element("Permission"), "FULL_CONTROL");
    EXPECT_EQ(first.element("ID"), "slipway");
    EXPECT_EQ(send(Method::put, "/photos?acl", {{"x-amz-acl", "public-read-write"}}).status, 200);
    const Answer open = send(Method::get, "/photos?acl");
    EXPECT_EQ(grants_in(open), 3);
    EXPECT_EQ(open.element("URI"), "http://acs.amazonaws.com/groups/global/AllUsers");
    EXPECT_NE(open.body.find("xsi:type=\"Group\""), std::string::npos);
    EXPECT_NE(open.body.find("<Permission>WRITE</Permission>"), std::string::npos);
    EXPECT_EQ(send(Method::put, "/photos?acl", {{"x-amz-acl", "private"}}).status, 200);
    EXPECT_EQ(send(Method::get, "/photos?acl").body, first.body);
}

TEST_F(Acl, OfAnObjectIsSetAndTold) {
    put("a", "hello", {{"x-amz-acl", "public-read"}});
    EXPECT_EQ(grants_in(send(Method::get, path("a") + "?acl")), 2);
    EXPECT_EQ(send(Method::put, path("a") + "?acl", {{"x-amz-acl", "private"}}).status, 200);
    EXPECT_EQ(grants_in(send(Method::get, path("a") + "?acl")), 1);
    EXPECT_EQ(send(Method::get, path("b") + "?acl").code(), "NoSuchKey");
    EXPECT_EQ(send(Method::put, path("b") + "?acl", {{"x-amz-acl", "private"}}).code(),
              "NoSuchKey");
}

TEST_F(Acl, IsGivenWithANewBucket) {
    EXPECT_EQ(send(Method::put, "/other", {{"x-amz-acl", "public-read"}}).status, 200);
    EXPECT_EQ(grants_in(send(Method::get, "/other?acl")), 2);
    EXPECT_EQ(send_raw(request(Method::get, "/other")).status, 200);
    EXPECT_EQ(send(Method::put, "/third", {{"x-amz-acl", "public-ready"}}).code(),
              "InvalidArgument");
    EXPECT_FALSE(test::run(store.head_bucket("third")));
}

TEST_F(Acl, AsADocumentThatACannedOneSaysToo) {
    for (const std::string& grants :
         {std::string(to_owner) + to_all, std::string(to_all) + to_owner}) {
        EXPECT_EQ(send(Method::put, "/photos?acl", {{"x-amz-acl", "private"}}).status, 200);
        EXPECT_EQ(send(Method::put, "/photos?acl", {}, policy(grants)).status, 200);
        EXPECT_EQ(grants_in(send(Method::get, "/photos?acl")), 2);
    }
    // What GET answers can be put again.
    const Answer told = send(Method::get, "/photos?acl");
    EXPECT_EQ(send(Method::put, "/photos?acl", {}, told.body).status, 200);
}

TEST_F(Acl, AnyOtherDocumentIsRefused) {
    const auto code_of = [this](std::string document) {
        return send(Method::put, "/photos?acl", {}, std::move(document)).code();
    };
    EXPECT_EQ(code_of(policy(to_all)), "NotImplemented");
    EXPECT_EQ(code_of(policy(std::string(to_owner) + to_owner)), "NotImplemented");
    EXPECT_EQ(code_of(policy("")), "NotImplemented");
    EXPECT_EQ(code_of(policy("<Grant><Permission>READ</Permission></Grant>")), "MalformedACLError");
    EXPECT_EQ(code_of(policy("<Grant><Grantee><URI>http://all</URI></Grantee><Permission>READ"
                             "</Permission></Grant>")),
              "InvalidArgument");
    EXPECT_EQ(code_of(policy("<Grant><Grantee><EmailAddress>a@b</EmailAddress></Grantee>"
                             "<Permission>READ</Permission></Grant>")),
              "UnresolvableGrantByEmailAddress");
    EXPECT_EQ(code_of(policy("<Grant><Grantee><ID>somebody</ID></Grantee><Permission>READ"
                             "</Permission></Grant>")),
              "InvalidArgument");
    EXPECT_EQ(code_of("<Other/>"), "MalformedACLError");
    EXPECT_EQ(code_of("<AccessControl"), "MalformedXML");
    EXPECT_EQ(code_of(""), "MissingSecurityHeader");
    EXPECT_EQ(send(Method::put, "/photos?acl", {{"x-amz-acl", "private"}}, policy(to_owner)).code(),
              "UnexpectedContent");
}

TEST_F(Acl, AsGrantHeadersThatACannedOneSaysToo) {
    const Pairs open = {
        {"x-amz-grant-read", "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\""},
        {"x-amz-grant-full-control", "id=\"slipway\""}};
    EXPECT_EQ(put("a", "hello", open).status, 200);
    EXPECT_EQ(send_raw(request(Method::get, path("a"))).body, "hello");
    EXPECT_EQ(put("b", "hello", {{"x-amz-grant-read", "id=\"somebody\""}}).code(),
              "InvalidArgument");
    EXPECT_EQ(put("b", "hello", {{"x-amz-grant-write-acp", "id=slipway"}}).code(),
              "NotImplemented");
    EXPECT_EQ(put("b", "hello", {{"x-amz-grant-read", "everybody"}}).code(), "InvalidArgument");
    Pairs both = open;
    both.emplace_back("x-amz-acl", "private");
    EXPECT_EQ(put("b", "hello", both).code(), "InvalidRequest");
    EXPECT_EQ(head("b").status, 404);
}

TEST_F(Acl, WordsOfOneOwnerAreAllPrivate) {
    for (const char* word : {"bucket-owner-read", "bucket-owner-full-control", "aws-exec-read"}) {
        EXPECT_EQ(put("a", "hello", {{"x-amz-acl", word}}).status, 200);
        EXPECT_EQ(grants_in(send(Method::get, path("a") + "?acl")), 1);
        EXPECT_EQ(send_raw(request(Method::get, path("a"))).status, 403);
    }
    EXPECT_EQ(put("a", "hello", {{"x-amz-acl", "log-delivery-write"}}).code(), "InvalidArgument");
    EXPECT_EQ(send(Method::put, "/photos?acl", {{"x-amz-acl", "log-delivery-write"}}).status, 200);
}

}  // namespace
}  // namespace slipway::gateway
