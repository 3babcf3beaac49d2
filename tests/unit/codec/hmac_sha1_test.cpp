// SPDX-License-Identifier: Apache-2.0
// Vectors of RFC 2202.
#include "codec/hmac_sha1.h"

#include "codec/hex.h"

#include <gtest/gtest.h>

#include <string>

namespace slipway::codec {
namespace {

std::string hex(std::string_view key, std::string_view message) {
    return hex_encode(hmac_sha1(key, message));
}

TEST(HmacSha1, Rfc2202) {
    EXPECT_EQ(hex("Jefe", "what do ya want for nothing?"),
              "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    EXPECT_EQ(hex(std::string(20, '\x0b'), "Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00");
    EXPECT_EQ(
        hex(std::string(80, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
        "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

}  // namespace
}  // namespace slipway::codec
