// SPDX-License-Identifier: Apache-2.0
#include "engine/readable.h"

#include <gtest/gtest.h>

namespace slipway::engine {
namespace {

using namespace std::string_view_literals;

TEST(Readable, LeavesTextAsItIs) {
    EXPECT_EQ(readable(""), "");
    EXPECT_EQ(readable("a b/gr\xc3\xbc\xc3\x9f\x65 \xf0\x9f\x98\x80.txt"),
              "a b/gr\xc3\xbc\xc3\x9f\x65 \xf0\x9f\x98\x80.txt");
}

TEST(Readable, ShowsWhatATerminalWouldObeyOrNotKnow) {
    EXPECT_EQ(readable("a\x1b[2Jb\n\x7f"), "a\\x1b[2Jb\\x0a\\x7f");
    EXPECT_EQ(readable("a\0b"sv), "a\\x00b");
    EXPECT_EQ(readable("\xc2\x9b\x33\x31m"), "\\xc2\\x9b31m") << "CSI in one character";
    EXPECT_EQ(readable("\xc2\xa0"), "\xc2\xa0");
    EXPECT_EQ(readable("gr\xfc\xdf\x65"), "gr\\xfc\\xdfe");
    EXPECT_EQ(readable("\xc3"), "\\xc3");
}

}  // namespace
}  // namespace slipway::engine
