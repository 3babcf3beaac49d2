// SPDX-License-Identifier: Apache-2.0
#include "store/attributes.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace slipway::store {
namespace {

using objects::ObjectAttributes;

/// On disk: never change a number that was released.
constexpr char metadata_name = 'n';  // followed by its metadata_value
constexpr char metadata_value = 'v';
constexpr std::array<std::pair<char, std::string ObjectAttributes::*>, 6> text_fields{{
    {'t', &ObjectAttributes::content_type},
    {'c', &ObjectAttributes::cache_control},
    {'d', &ObjectAttributes::content_disposition},
    {'e', &ObjectAttributes::content_encoding},
    {'l', &ObjectAttributes::content_language},
    {'x', &ObjectAttributes::expires},
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

}  // namespace

std::string encode_attributes(const ObjectAttributes& attributes) {
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
    return out;
}

Result<ObjectAttributes> decode_attributes(std::string_view encoded) {
    const auto corrupted = [] {
        return fail(ErrorKind::corrupted, "the store's index: an object's attributes are damaged");
    };
    ObjectAttributes attributes;
    while (!encoded.empty()) {
        char tag = 0;
        std::string_view text;
        if (!take_field(encoded, tag, text)) {
            return corrupted();
        }
        if (tag == metadata_name) {
            attributes.user_metadata.emplace_back().name = text;
            continue;
        }
        if (tag == metadata_value) {
            if (attributes.user_metadata.empty()) {
                return corrupted();
            }
            attributes.user_metadata.back().value = text;
            continue;
        }
        for (const auto& [known, member] : text_fields) {
            if (known == tag) {
                attributes.*member = text;
            }
        }
    }
    return attributes;
}

}  // namespace slipway::store
