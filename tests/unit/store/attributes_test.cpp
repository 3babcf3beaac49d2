// SPDX-License-Identifier: Apache-2.0
#include "store/attributes.h"

#include <gtest/gtest.h>

#include <string>

namespace slipway::store {
namespace {

TEST(Attributes, no_attributes_take_no_bytes) {
    EXPECT_EQ(encode_attributes(objects::ObjectAttributes()), "");
    EXPECT_EQ(decode_attributes("").value().attributes, objects::ObjectAttributes());
}

TEST(Attributes, come_back_as_they_were) {
    objects::ObjectAttributes attributes;
    attributes.content_type = "text/plain";
    attributes.expires = std::string(70'000, 'x');
    attributes.user_metadata = {{"b", "1"}, {"a", std::string("\0\xff", 2)}, {"b", ""}};
    attributes.tagging = "a=1&b=%20";
    attributes.acl = "public-read";
    EXPECT_EQ(decode_attributes(encode_attributes(attributes)).value().attributes, attributes);
    EXPECT_EQ(decode_attributes(encode_attributes(attributes)).value().restoration, std::nullopt);
    const objects::Restoration restoration{Time(std::chrono::microseconds(17)),
                                           Time(std::chrono::hours(1'000'000))};
    const auto decoded = decode_attributes(encode_attributes(attributes, restoration)).value();
    EXPECT_EQ(decoded.attributes, attributes);
    EXPECT_EQ(decoded.restoration, restoration);
}

TEST(Attributes, are_written_as_documented) {
    objects::ObjectAttributes attributes;
    attributes.content_type = "a/b";
    attributes.user_metadata = {{"k", "v"}};
    const char documented[] = "t\3\0\0\0a/bn\1\0\0\0kv\1\0\0\0v";
    EXPECT_EQ(encode_attributes(attributes), std::string(documented, sizeof(documented) - 1));
}

TEST(Attributes, damaged_ones_are_told_at_every_length) {
    objects::ObjectAttributes attributes;
    attributes.content_type = "text/plain";
    const std::string encoded = encode_attributes(attributes);
    for (std::size_t length = 1; length < encoded.size(); ++length) {
        const auto decoded = decode_attributes(encoded.substr(0, length));
        ASSERT_FALSE(decoded) << length;
        EXPECT_EQ(decoded.error().kind, ErrorKind::corrupted);
    }
    EXPECT_FALSE(decode_attributes(std::string("v\1\0\0\0x", 6))) << "a value without its name";
    EXPECT_FALSE(
        decode_attributes(std::string("u\1\0\0\0"
                                      "1",
                                      6)))
        << "an end without its start";
    EXPECT_FALSE(decode_attributes(std::string("r\1\0\0\0x", 6))) << "a time that is none";
}

TEST(Attributes, unknown_fields_are_skipped) {
    EXPECT_EQ(
        decode_attributes(std::string("?\1\0\0\0xt\1\0\0\0y", 12)).value().attributes.content_type,
        "y");
}

}  // namespace
}  // namespace slipway::store
