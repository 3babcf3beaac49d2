// SPDX-License-Identifier: Apache-2.0
#include "codec/json.h"

#include <gtest/gtest.h>

#include <limits>

namespace slipway::codec {
namespace {

TEST(Json, GivesEachTypeAsItself) {
    const Json json =
        parse_json(R"({"s":"x","i":-7,"u":18446744073709551615,"f":1.5,"e":1e3,"b":true,)"
                   R"("n":null,"a":[1,"two",[]],"o":{"k":"v"}})")
            .value();
    const JsonView root = json.root();
    EXPECT_EQ(root["s"].as_string(), "x");
    EXPECT_EQ(root["i"].as_int64(), -7);
    EXPECT_EQ(root["i"].as_uint64(), std::nullopt);
    EXPECT_EQ(root["u"].as_uint64(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(root["u"].as_int64(), std::nullopt);
    EXPECT_TRUE(root["f"].is_fractional());
    EXPECT_TRUE(root["e"].is_fractional());
    EXPECT_FALSE(root["i"].is_fractional());
    EXPECT_EQ(root["f"].as_uint64(), std::nullopt);
    EXPECT_EQ(root["f"].as_double(), 1.5);
    EXPECT_EQ(root["b"].as_boolean(), true);
    EXPECT_TRUE(root["n"].is_null());
    EXPECT_TRUE(root["n"]);
    EXPECT_FALSE(root["missing"]);
    EXPECT_FALSE(root["missing"]["deeper"]["still"]);
    EXPECT_EQ(root["a"].size(), 3U);
    EXPECT_EQ(root["a"].at(1).as_string(), "two");
    EXPECT_EQ(root["o"].member_at(0).first, "k");
    EXPECT_EQ(root["o"].member_at(0).second.as_string(), "v");
    EXPECT_EQ(root["s"].as_boolean(), std::nullopt);
    EXPECT_EQ(root["a"].type_name(), "an array");
    EXPECT_EQ(root["missing"].type_name(), "nothing");
}

TEST(Json, WalksElements) {
    const Json json = parse_json("[1,2,3]").value();
    std::int64_t sum = 0;
    for (const JsonView element : json.root().elements()) {
        sum += element.as_int64().value();
    }
    EXPECT_EQ(sum, 6);
    const Json object = parse_json(R"({"a":1})").value();
    EXPECT_EQ(object.root().elements().size(), 0U);
}

TEST(Json, TheLastOfEqualKeysWins) {
    EXPECT_EQ(parse_json(R"({"a":1,"b":2,"a":3})").value().root()["a"].as_int64(), 3);
}

TEST(Json, ViewsSurviveAMove) {
    Json first = parse_json(R"({"a":"long enough to live outside of any small buffer"})").value();
    const JsonView view = first.root()["a"];
    const Json second = std::move(first);
    EXPECT_EQ(view.as_string(), "long enough to live outside of any small buffer");
    EXPECT_EQ(second.root()["a"].as_string(), view.as_string());
}

std::string message_of(std::string_view text) {
    const auto parsed = parse_json(text);
    return parsed ? "no error" : parsed.error().message;
}

TEST(Json, ErrorsSayWhereAndWhatWasExpected) {
    EXPECT_EQ(message_of("{\"a\":1,\n  \"b\" 2}"),
              "invalid JSON at line 2, column 7 (byte 14): expected ',', ':' or a closing bracket");
    EXPECT_EQ(message_of("{a:1}"),
              "invalid JSON at line 1, column 2 (byte 1): expected a key in double quotes or '}'");
    EXPECT_EQ(message_of("[1,]"),
              "invalid JSON at line 1, column 4 (byte 3): expected a value, or a key in double "
              "quotes");
    EXPECT_EQ(message_of("[1] x"),
              "invalid JSON at line 1, column 5 (byte 4): expected the end of the document");
    EXPECT_EQ(message_of("{\"a\":"),
              "invalid JSON at line 1, column 6 (byte 5): the document ends too early");
    EXPECT_EQ(message_of(""),
              "invalid JSON at line 1, column 1 (byte 0): the document ends too early");
    for (const std::string_view text :
         {"[\"a\nb\"]", "[\"\\x41\"]", "[\"\xff\"]", "\"\\ud800x\""}) {
        EXPECT_NE(message_of(text).find("expected text in valid UTF-8"), std::string::npos) << text;
    }
    EXPECT_EQ(parse_json("nul").error().code, "invalid_json");
}

TEST(Json, RefusesExtensionsAndBadUtf8) {
    for (const std::string_view text :
         {"{'a':1}", "[1,]", "// c\n1", "NaN", "01", "+1", ".5", "1.", "\"\xff\"",
          "\"\xed\xa0\x80\"", "\xef\xbb\xbf{}", "[1 2]", "{\"a\":1,}", "tru", "\"\\x41\""}) {
        EXPECT_FALSE(parse_json(text)) << text;
    }
}

TEST(Json, StopsAtItsLimits) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_TRUE(parse_json(nested(limits::json_depth_max)));
    const auto deeper = parse_json(nested(limits::json_depth_max + 1));
    ASSERT_FALSE(deeper);
    EXPECT_NE(deeper.error().message.find("nested too deeply"), std::string::npos);
    const auto larger = parse_json("[1,2,3]", JsonLimits{.bytes_max = 6});
    ASSERT_FALSE(larger);
    EXPECT_EQ(larger.error().kind, ErrorKind::too_large);
}

}  // namespace
}  // namespace slipway::codec
