// SPDX-License-Identifier: Apache-2.0
#include "codec/digest.h"

#include "codec/hex.h"

#include <gtest/gtest.h>

#include <string>

namespace slipway::codec {
namespace {

TEST(Digest, PublishedValues) {
    // FIPS 180-2 and RFC 1321.
    EXPECT_EQ(hex_encode(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex_encode(sha256("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex_encode(md5("message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
    Sha1 sha1;
    sha1.update("abc");
    EXPECT_EQ(hex_encode(sha1.finish()), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Digest, PiecesMakeTheWhole) {
    std::string text(1000, '\0');
    for (std::size_t i = 0; i < text.size(); ++i) {
        text[i] = static_cast<char>(i * 7);
    }
    for (std::size_t split = 0; split <= text.size(); split += 37) {
        Sha256 hash;
        hash.update(std::string_view(text).substr(0, split));
        hash.update(std::string_view(text).substr(split));
        EXPECT_EQ(hash.finish(), sha256(text)) << split;
    }
}

TEST(Digest, ACopyGoesItsOwnWay) {
    Sha256 hash;
    hash.update("a");
    Sha256 copy = hash;
    hash.update("b");
    copy.update("c");
    EXPECT_EQ(hash.finish(), sha256("ab"));
    EXPECT_EQ(copy.finish(), sha256("ac"));
}

TEST(HmacSha256Key, TestVectorsOfRfc4231) {
    EXPECT_EQ(hex_encode(HmacSha256Key(std::string(20, '\x0b')).sign("Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hex_encode(HmacSha256Key("Jefe").sign("what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    // A key of more than a block.
    EXPECT_EQ(hex_encode(HmacSha256Key(std::string(131, '\xaa'))
                             .sign("Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256Key, SignsAgainAndAgain) {
    const HmacSha256Key key("k");
    const auto first = key.sign("m");
    EXPECT_EQ(key.sign("m"), first);
    EXPECT_NE(key.sign("n"), first);
}

}  // namespace
}  // namespace slipway::codec
