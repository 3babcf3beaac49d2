// SPDX-License-Identifier: Apache-2.0
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;

class RestoreObject : public GatewayTest {
  protected:
    RestoreObject() {
        options.restore_delay = std::chrono::minutes(5);
        put("a", "hello", {{"x-amz-storage-class", "GLACIER"}});
        put("deep", "hello", {{"x-amz-storage-class", "DEEP_ARCHIVE"}});
    }

    Answer restore(const std::string& key, const std::string& inner) {
        return send(Method::post, path(key) + "?restore", {},
                    "<RestoreRequest xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + inner +
                        "</RestoreRequest>");
    }
};

TEST_F(RestoreObject, IsAcceptedThenUnderWayThenThere) {
    EXPECT_FALSE(head("a").headers.has("x-amz-restore"));
    EXPECT_EQ(restore("a", "<Days>1</Days>").status, 202);
    EXPECT_EQ(head("a").header("x-amz-restore"), "ongoing-request=\"true\"");
    const Answer again = restore("a", "<Days>1</Days>");
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.code(), "RestoreAlreadyInProgress");

    clock.time += std::chrono::minutes(5);
    EXPECT_EQ(head("a").header("x-amz-restore"),
              "ongoing-request=\"false\", expiry-date=\"Mon, 23 Nov 2026 00:00:00 GMT\"");
    EXPECT_EQ(restore("a", "<Days>3</Days>").status, 200);
    EXPECT_EQ(head("a").header("x-amz-restore"),
              "ongoing-request=\"false\", expiry-date=\"Wed, 25 Nov 2026 00:00:00 GMT\"");

    clock.time += std::chrono::days(4);
    EXPECT_FALSE(head("a").headers.has("x-amz-restore"));
    EXPECT_EQ(restore("a", "<Days>1</Days>").status, 202);
    EXPECT_EQ(head("a").header("x-amz-restore"), "ongoing-request=\"true\"");
}

TEST_F(RestoreObject, Tiers) {
    EXPECT_EQ(restore("a",
                      "<Days>1</Days><GlacierJobParameters><Tier>Expedited</Tier>"
                      "</GlacierJobParameters>")
                  .status,
              202);
    EXPECT_EQ(restore("deep",
                      "<Days>1</Days><GlacierJobParameters><Tier>Expedited</Tier>"
                      "</GlacierJobParameters>")
                  .code(),
              "InvalidArgument");
    EXPECT_EQ(restore("deep", "<Days>1</Days><Tier>Bulk</Tier>").status, 202);
}

TEST_F(RestoreObject, BadRequests) {
    put("warm", "hello");
    const Answer warm = restore("warm", "<Days>1</Days>");
    EXPECT_EQ(warm.status, 403);
    EXPECT_EQ(warm.code(), "InvalidObjectState");
    EXPECT_EQ(restore("missing", "<Days>1</Days>").code(), "NoSuchKey");
    EXPECT_EQ(restore("a", "").code(), "MalformedXML");
    EXPECT_EQ(restore("a", "<Days>soon</Days>").code(), "MalformedXML");
    EXPECT_EQ(restore("a", "<Days>0</Days>").code(), "InvalidArgument");
    EXPECT_EQ(restore("a", "<Days>99999999</Days>").code(), "InvalidArgument");
    EXPECT_EQ(restore("a", "<Days>1</Days><Tier>Now</Tier>").code(), "MalformedXML");
    EXPECT_EQ(restore("a", "<Days>1</Days><Type>SELECT</Type>").code(), "NotImplemented");
    EXPECT_EQ(send(Method::post, "/photos/a?restore").code(), "MalformedXML");
    EXPECT_FALSE(head("a").headers.has("x-amz-restore"));
}

TEST_F(GatewayTest, EveryStorageClassIsRememberedAndShown) {
    for (const char* name : {"REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA",
                             "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"}) {
        EXPECT_EQ(put("a", "hello", {{"x-amz-storage-class", name}}).status, 200);
        EXPECT_EQ(head("a").header("x-amz-storage-class"), name);
        EXPECT_EQ(send(Method::get, "/photos").element("StorageClass"), name);
    }
    put("a", "hello", {{"x-amz-storage-class", "STANDARD"}});
    EXPECT_FALSE(head("a").headers.has("x-amz-storage-class"));
    EXPECT_EQ(send(Method::get, "/photos").element("StorageClass"), "STANDARD");
    EXPECT_EQ(put("a", "hello", {{"x-amz-storage-class", "COLD"}}).code(), "InvalidStorageClass");
}

}  // namespace
}  // namespace slipway::gateway
