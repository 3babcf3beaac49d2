// SPDX-License-Identifier: Apache-2.0
#include "slipway/serve.h"

#include "codec/digest.h"
#include "codec/hex.h"

#include <gtest/gtest.h>

namespace slipway::api {
namespace {

TEST(Token, IsLongRandomAndMatchesItsHash) {
    const NewToken first = make_token();
    EXPECT_EQ(first.token.size(), 48u);
    EXPECT_EQ(first.sha256, codec::hex_encode(codec::sha256(first.token)));
    EXPECT_NE(first.token, make_token().token);
}

}  // namespace
}  // namespace slipway::api
