// SPDX-License-Identifier: Apache-2.0
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;

class DeleteObject : public GatewayTest {
  protected:
    DeleteObject() { put("a", "hello"); }

    Answer remove(const std::string& key, Pairs headers = {}) {
        return send(Method::delete_, path(key), std::move(headers));
    }
};

TEST_F(DeleteObject, SucceedsAlsoForWhatIsNotThere) {
    EXPECT_EQ(remove("a").status, 204);
    EXPECT_EQ(head("a").status, 404);
    EXPECT_EQ(remove("a").status, 204);
    EXPECT_EQ(send(Method::delete_, "/nowhere/a").code(), "NoSuchBucket");
}

TEST_F(DeleteObject, OnlyWhatMatches) {
    const Answer other = remove("a", {{"If-Match", "\"x\""}});
    EXPECT_EQ(other.status, 412);
    EXPECT_EQ(other.code(), "PreconditionFailed");
    EXPECT_EQ(get("a").body, "hello");
    EXPECT_EQ(remove("a", {{"If-Match", head("a").header("ETag")}}).status, 204);
    EXPECT_EQ(head("a").status, 404);
    EXPECT_EQ(remove("a", {{"If-Match", "*"}}).code(), "NoSuchKey");
    put("a", "hello");
    EXPECT_EQ(remove("a", {{"If-Match", "*"}}).status, 204);
}

TEST_F(DeleteObject, ConditionsThatAreNotKeptAreRefused) {
    EXPECT_EQ(remove("a", {{"If-None-Match", "*"}}).code(), "NotImplemented");
    EXPECT_EQ(remove("a", {{"x-amz-if-match-size", "5"}}).code(), "NotImplemented");
    EXPECT_EQ(remove("a", {{"x-amz-if-match-last-modified-time", "Sat, 21 Nov 2026 12:00:00 GMT"}})
                  .code(),
              "NotImplemented");
    EXPECT_EQ(get("a").body, "hello");
}

}  // namespace
}  // namespace slipway::gateway
