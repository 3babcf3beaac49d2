// SPDX-License-Identifier: Apache-2.0
#include "codec/base64.h"

#include <gtest/gtest.h>

#include <random>

namespace slipway::codec {
namespace {

using namespace std::string_view_literals;

TEST(Base64, TestVectorsOfRfc4648) {
    const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                     {"f", "Zg=="},
                                                                     {"fo", "Zm8="},
                                                                     {"foo", "Zm9v"},
                                                                     {"foob", "Zm9vYg=="},
                                                                     {"fooba", "Zm9vYmE="},
                                                                     {"foobar", "Zm9vYmFy"},
                                                                     {"\xff\xfe\x00"sv, "//4A"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(base64_encode(bytes), text);
        EXPECT_EQ(base64_decode(text).value(), bytes);
    }
}

TEST(Base64, ReadsWhatItWrites) {
    std::mt19937 random(7);
    for (std::size_t size = 0; size < 200; ++size) {
        std::string bytes(size, '\0');
        for (char& c : bytes) {
            c = static_cast<char>(random());
        }
        EXPECT_EQ(base64_decode(base64_encode(bytes)).value(), bytes);
    }
}

TEST(Base64, RefusesWhatIsNotTheOneText) {
    for (const std::string_view text : {"Zg", "Zg=", "Zg===", "Zm9v\n", " Zm9", "Zm9-", "Zm_v",
                                        "=Zm9", "Z===", "Zm=v", "====", "Zh==", "Zm9="}) {
        EXPECT_FALSE(base64_decode(text)) << text;
    }
    EXPECT_EQ(base64_decode("Zm9-").error().message, "not a base64 character at byte 3");
    EXPECT_EQ(base64_decode("Zh==").error().message,
              "base64 text ends in bits that encode nothing");
}

}  // namespace
}  // namespace slipway::codec
