// SPDX-License-Identifier: Apache-2.0
#include "slipway/digest.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

TEST(Sha256, OfNothingAndOfPieces) {
    EXPECT_EQ(Sha256().finish(),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    Sha256 digest;  // FIPS 180-2, B.1
    digest.update("a");
    digest.update("bc");
    EXPECT_EQ(digest.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace slipway
