// SPDX-License-Identifier: Apache-2.0
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;

TEST_F(GatewayTest, VersioningCannotBeSet) {
    const auto put_versioning = [&](const std::string& inner) {
        return send(Method::put, "/photos?versioning", {},
                    "<VersioningConfiguration>" + inner + "</VersioningConfiguration>");
    };
    EXPECT_EQ(put_versioning("<Status>Enabled</Status>").status, 501);
    EXPECT_EQ(put_versioning("<Status>Suspended</Status>").code(), "NotImplemented");
    EXPECT_EQ(put_versioning("").code(), "IllegalVersioningConfigurationException");
    EXPECT_EQ(put_versioning("<Status>On</Status>").code(), "MalformedXML");
    EXPECT_EQ(send(Method::put, "/photos?versioning", {}, "{}").code(), "MalformedXML");
    EXPECT_EQ(send(Method::put, "/nowhere?versioning", {},
                   "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
                  .code(),
              "NoSuchBucket");
    EXPECT_EQ(send(Method::get, "/photos?versioning").element("Status"), "");
}

}  // namespace
}  // namespace slipway::gateway
