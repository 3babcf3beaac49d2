// SPDX-License-Identifier: Apache-2.0
#include "store/attributes.h"

#include "store/damaged_index.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <utility>

namespace slipway::store {
namespace {

using objects::ObjectAttributes;

/// On disk: never change a number that was released.
constexpr char metadata_name = 'n';  // followed by its metadata_value
constexpr char metadata_value = 'v';
constexpr char restored_from = 'r';   // of a restored copy: microseconds since 1970, in decimal
constexpr char restored_until = 'u';  // right after it, the same
constexpr std::array<std::pair<char, std::string ObjectAttributes::*>, 8> text_fields{{
    {'t', &ObjectAttributes::content_type},
    {'c', &ObjectAttributes::cache_control},
    {'d', &ObjectAttributes::content_disposition},
    {'e', &ObjectAttributes::content_encoding},
    {'l', &ObjectAttributes::content_language},
    {'x', &ObjectAttributes::expires},
    {'g', &ObjectAttributes::tagging},
    {'a', &ObjectAttributes::acl},
}};
constexpr std::size_t length_bytes = 4;

void append_field(std::string& out, char tag, std::string_view text) {
    out += tag;
    const auto length = static_cast<std::uint32_t>(text.size());
    for (std::size_t i = 0; i < length_bytes; ++i) {
        out += static_cast<char>(static_cast<unsigned char>(length >> (8 * i)));
    }
    out += text;
}

/// Takes one field off the front; false when the bytes are cut short.
bool take_field(std::string_view& rest, char& tag, std::string_view& text) {
    if (rest.size() < 1 + length_bytes) {
        return false;
    }
    tag = rest[0];
    std::size_t length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) {
        length |= static_cast<std::size_t>(static_cast<unsigned char>(rest[1 + i])) << (8 * i);
    }
    rest.remove_prefix(1 + length_bytes);
    if (rest.size() < length) {
        return false;
    }
    text = rest.substr(0, length);
    rest.remove_prefix(length);
    return true;
}

std::string time_text(Time time) {
    return std::to_string(time.time_since_epoch().count());
}

bool read_time(std::string_view text, Time& time) {
    std::int64_t count = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
    time = Time(std::chrono::microseconds(count));
    return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

/// Takes over a field of several that belong together; false when it stands where it must not.
bool take_over(char tag, std::string_view text, DecodedAttributes& into) {
    auto& metadata = into.attributes.user_metadata;
    switch (tag) {
        case metadata_name:
            metadata.emplace_back().name = text;
            return true;
        case metadata_value:
            if (metadata.empty()) {
                return false;
            }
            metadata.back().value = text;
            return true;
        case restored_from:
            return read_time(text, into.restoration.emplace().ready);
        case restored_until:
            return into.restoration && read_time(text, into.restoration->until);
        default:
            return true;
    }
}

}  // namespace

std::string encode_attributes(const ObjectAttributes& attributes,
                              const std::optional<objects::Restoration>& restoration) {
    std::string out;
    for (const auto& [tag, member] : text_fields) {
        const std::string& text = attributes.*member;
        if (!text.empty()) {
            append_field(out, tag, text);
        }
    }
    for (const http::Header& header : attributes.user_metadata) {
        append_field(out, metadata_name, header.name);
        append_field(out, metadata_value, header.value);
    }
    if (restoration) {
        append_field(out, restored_from, time_text(restoration->ready));
        append_field(out, restored_until, time_text(restoration->until));
    }
    return out;
}

Result<DecodedAttributes> decode_attributes(std::string_view encoded) {
    DecodedAttributes decoded;
    while (!encoded.empty()) {
        char tag = 0;
        std::string_view text;
        if (!take_field(encoded, tag, text) || !take_over(tag, text, decoded)) {
            return damaged_index("an object's attributes are damaged");
        }
        for (const auto& [known, member] : text_fields) {
            if (known == tag) {
                decoded.attributes.*member = text;
            }
        }
    }
    return decoded;
}

}  // namespace slipway::store
