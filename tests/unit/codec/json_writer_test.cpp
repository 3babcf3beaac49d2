// SPDX-License-Identifier: Apache-2.0
#include "codec/json.h"

#include <gtest/gtest.h>

#include <limits>

namespace slipway::codec {
namespace {

using namespace std::string_view_literals;

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("name", "a.jpg");
    json.member("size", 12U);
    json.member("ready", true);
    json.key("parts");
    json.begin_array();
    json.number(-1);
    json.begin_object();
    json.end_object();
    json.begin_array();
    json.end_array();
    json.null();
    json.end_array();
    json.member("ratio", 0.5);
    json.key("raw");
    json.raw("{\"x\":1}");
    json.end_object();
    EXPECT_EQ(out, R"({"name":"a.jpg","size":12,"ready":true,"parts":[-1,{},[],null],)"
                   R"("ratio":0.5,"raw":{"x":1}})");
}

std::string written(std::string_view text) {
    std::string out;
    JsonWriter(out).string(text);
    return out;
}

TEST(JsonWriter, EscapesAndRepairs) {
    EXPECT_EQ(written("a\"b\\c\n\r\t\x01\x1f\x7f/"), "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001f\x7f/\"");
    EXPECT_EQ(written("\0"sv), "\"\\u0000\"");
    EXPECT_EQ(written("\u00fc\U0001f600"), "\"\u00fc\U0001f600\"");
    EXPECT_EQ(written("a\xff\xc3z\xed\xa0\x80"), "\"a\ufffd\ufffdz\ufffd\ufffd\ufffd\"");
}

TEST(JsonWriter, WritesTheLimitsOfNumbers) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    json.number(std::numeric_limits<std::int64_t>::min());
    json.number(std::numeric_limits<std::uint64_t>::max());
    json.number(std::numeric_limits<double>::infinity());
    json.end_array();
    EXPECT_EQ(out, "[-9223372036854775808,18446744073709551615,null]");
}

TEST(Json, AnyTextSurvivesWritingAndReading) {
    std::string all;
    for (int c = 0; c < 128; ++c) {
        all += static_cast<char>(c);
    }
    all += "\u00fc\u20ac\U0001f600";
    EXPECT_EQ(parse_json(written(all)).value().root().as_string(), all);
}

}  // namespace
}  // namespace slipway::codec
