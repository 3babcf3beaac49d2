// SPDX-License-Identifier: Apache-2.0
// x-amz-expiration: the answers about an object that a lifecycle rule will remove.
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;

class Expiration : public GatewayTest {
  protected:
    void set_rule(const std::string& id, const std::string& filter) {
        const Answer set =
            send(Method::put, "/photos?lifecycle", {},
                 "<LifecycleConfiguration><Rule>" + id + "<Filter>" + filter +
                     "</Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration>"
                     "</Rule></LifecycleConfiguration>");
        ASSERT_EQ(set.status, 200) << set.body;
    }

    static constexpr const char* header = "x-amz-expiration";
};

TEST_F(Expiration, IsToldByWhoeverTellsOfTheObject) {
    set_rule("<ID>the rule</ID>", "<Prefix>tmp/</Prefix>");
    // A day, up to the midnight after it.
    const std::string told =
        "expiry-date=\"Mon, 23 Nov 2026 00:00:00 GMT\", rule-id=\"the%20rule\"";
    EXPECT_EQ(send(Method::put, path("tmp/a"), {}, "hello").header(header), told);
    EXPECT_EQ(send(Method::get, path("tmp/a")).header(header), told);
    EXPECT_EQ(send(Method::head, path("tmp/a")).header(header), told);
    const Pairs copied{{"x-amz-copy-source", "/photos/tmp/a"}};
    EXPECT_EQ(send(Method::put, path("tmp/b"), copied).header(header), told);
    EXPECT_EQ(send(Method::put, path("kept"), copied).header(header), "");
    EXPECT_EQ(send(Method::get, path("kept")).header(header), "");
}

TEST_F(Expiration, LooksAtTags) {
    set_rule("<ID>r</ID>", "<Tag><Key>keep</Key><Value>no</Value></Tag>");
    EXPECT_NE(send(Method::put, path("a"), {{"x-amz-tagging", "keep=no"}}, "x").header(header), "");
    EXPECT_EQ(send(Method::put, path("b"), {{"x-amz-tagging", "keep=yes"}}, "x").header(header),
              "");
    EXPECT_NE(send(Method::head, path("a")).header(header), "");
    EXPECT_EQ(send(Method::head, path("b")).header(header), "");
}

TEST_F(Expiration, RulesWithoutANameAreGivenOne) {
    set_rule("", "<Prefix></Prefix>");
    const std::string name = send(Method::get, "/photos?lifecycle").element("ID");
    EXPECT_EQ(name.size(), 32U);
    EXPECT_THAT(send(Method::put, path("a"), {}, "hello").header(header),
                testing::HasSubstr("rule-id=\"" + name + "\""));
}

}  // namespace
}  // namespace slipway::gateway
