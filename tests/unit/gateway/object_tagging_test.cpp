// SPDX-License-Identifier: Apache-2.0
#include "s3/tagging.h"
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;

class ObjectTagging : public GatewayTest {
  protected:
    ObjectTagging() { put("a", "hello"); }

    Answer put_tags(const s3::Tags& tags) {
        return send(Method::put, "/photos/a?tagging", {}, s3::tagging_xml(tags));
    }
    s3::Tags tags(const std::string& key = "a") {
        return s3::parse_tagging(send(Method::get, path(key) + "?tagging").body).value();
    }
};

TEST_F(ObjectTagging, IsSetReadAndDropped) {
    EXPECT_EQ(tags(), s3::Tags());
    EXPECT_EQ(put_tags({{"b", "2 & <3>@/"}, {"a", ""}}).code(), "InvalidTag");
    EXPECT_EQ(put_tags({{"b", "2 @/"}, {"a", ""}}).status, 200);
    EXPECT_EQ(tags(), (s3::Tags{{"a", ""}, {"b", "2 @/"}}));
    EXPECT_EQ(head("a").header("x-amz-tagging-count"), "2");
    EXPECT_EQ(get("a").header("x-amz-tagging-count"), "2");
    EXPECT_EQ(put_tags({{"c", "3"}}).status, 200);
    EXPECT_EQ(tags(), (s3::Tags{{"c", "3"}}));
    EXPECT_EQ(send(Method::delete_, "/photos/a?tagging").status, 204);
    EXPECT_EQ(tags(), s3::Tags());
    EXPECT_FALSE(head("a").headers.has("x-amz-tagging-count"));
    EXPECT_EQ(get("a").body, "hello");
}

TEST_F(ObjectTagging, ComesWithAPut) {
    EXPECT_EQ(put("b", "hello", {{"x-amz-tagging", "foo=bar&bar"}}).status, 200);
    EXPECT_EQ(tags("b"), (s3::Tags{{"bar", ""}, {"foo", "bar"}}));
    put("b", "hello");
    EXPECT_EQ(tags("b"), s3::Tags()) << "the new object has none";
    const std::string url = presign(Method::put, "c", {{"x-amz-tagging", "k=v"}});
    EXPECT_EQ(send_raw(request(Method::put, url), "hello").status, 200);
    EXPECT_EQ(tags("c"), (s3::Tags{{"k", "v"}}));
}

TEST_F(ObjectTagging, BadTags) {
    s3::Tags eleven;
    for (char c = 'a'; c < 'a' + 11; ++c) {
        eleven.push_back({std::string(1, c), "v"});
    }
    EXPECT_EQ(put_tags(eleven).code(), "InvalidTag");
    EXPECT_EQ(put_tags({{"a", "1"}, {"a", "2"}}).code(), "InvalidTag");
    EXPECT_EQ(put_tags({{std::string(129, 'k'), "v"}}).code(), "InvalidTag");
    const Answer answer = send(Method::put, "/photos/a?tagging", {}, "<Tagging/>");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "MalformedXML");
    EXPECT_EQ(put("b", "hello", {{"x-amz-tagging", "a=1&a=2"}}).code(), "InvalidArgument");
    EXPECT_EQ(put("b", "hello", {{"x-amz-tagging", "a=%zz"}}).code(), "InvalidArgument");
    EXPECT_EQ(head("b").status, 404);
    EXPECT_EQ(tags(), s3::Tags());
}

TEST_F(ObjectTagging, OfWhatIsNotThere) {
    EXPECT_EQ(send(Method::get, "/photos/missing?tagging").code(), "NoSuchKey");
    EXPECT_EQ(send(Method::delete_, "/photos/missing?tagging").code(), "NoSuchKey");
    EXPECT_EQ(send(Method::put, "/photos/missing?tagging", {}, s3::tagging_xml({})).code(),
              "NoSuchKey");
    EXPECT_EQ(send(Method::get, "/photos/a?tagging&versionId=xyz").code(), "NoSuchVersion");
}

}  // namespace
}  // namespace slipway::gateway
