// SPDX-License-Identifier: Apache-2.0
#include "unit/gateway/multipart_fixture.h"

namespace slipway::gateway {
namespace {

class AbortMultipartUpload : public MultipartTest {};

TEST_F(AbortMultipartUpload, DropsItOnce) {
    const std::string id = begin("a");
    part("a", id, 1, "hello");
    EXPECT_EQ(send(Method::delete_, target("a", id)).status, 204);
    EXPECT_EQ(send(Method::get, target("a", id)).code(), "NoSuchUpload");
    const Answer again = send(Method::delete_, target("a", id));
    EXPECT_EQ(again.status, 404);
    EXPECT_EQ(again.code(), "NoSuchUpload");
    EXPECT_EQ(head("a").status, 404);
}

}  // namespace
}  // namespace slipway::gateway
