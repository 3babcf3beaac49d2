// SPDX-License-Identifier: Apache-2.0
#include "s3/tagging.h"

#include "codec/percent.h"
#include "codec/utf8.h"
#include "s3/document_parts.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace slipway::s3 {
namespace {

/// What S3 lets stand in a tag besides letters, digits and spaces of any script ("Tagging and
/// access control policies" and the API's Tag, checked 2026-11).
constexpr std::string_view tag_punctuation = "+-=._:/@";

bool is_tag_character(char c) {
    const bool letter_or_digit =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    // Of other scripts nothing is refused: which of their characters are letters is Unicode's to
    // say, in another way each year.
    const bool other_script = static_cast<unsigned char>(c) >= 0x80;
    return letter_or_digit || other_script || c == ' ' ||
           tag_punctuation.find(c) != std::string_view::npos;
}

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(
        utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_tag_text(std::string_view text, std::size_t characters_max) {
    return codec::valid_utf8(text) && characters(text) <= characters_max &&
           std::ranges::all_of(text, is_tag_character);
}

bool names_a_key_twice(const Tags& tags) {
    std::set<std::string_view> keys;
    return !std::ranges::all_of(tags, [&](const Tag& tag) { return keys.insert(tag.key).second; });
}

}  // namespace

Result<> check_tags(const Tags& tags, std::size_t tags_max) {
    if (tags.size() > tags_max) {
        return s3_fail("InvalidTag", fmt::format("There are {} tags, at most {} are allowed.",
                                                 tags.size(), tags_max));
    }
    for (const Tag& tag : tags) {
        if (tag.key.empty() || !is_tag_text(tag.key, tag_key_characters_max)) {
            return s3_fail("InvalidTag",
                           fmt::format("The TagKey you have provided is invalid: it must be 1 to "
                                       "{} letters, digits, spaces and {}.",
                                       tag_key_characters_max, tag_punctuation));
        }
        if (!is_tag_text(tag.value, tag_value_characters_max)) {
            return s3_fail("InvalidTag",
                           fmt::format("The TagValue you have provided is invalid: it must be at "
                                       "most {} letters, digits, spaces and {}.",
                                       tag_value_characters_max, tag_punctuation));
        }
        if (tag.key.starts_with("aws:")) {
            return s3_fail("InvalidTag", "System tags cannot be added or updated by requester.");
        }
    }
    if (names_a_key_twice(tags)) {
        return s3_fail("InvalidTag", "Cannot provide multiple Tags with the same key.");
    }
    return {};
}

Result<Tags> parse_tagging(std::string_view body, std::size_t tags_max) {
    SLIPWAY_TRY(document, parse_rooted(body, "Tagging"));
    const codec::XmlElement set = document.root().child("TagSet");
    if (!set) {
        return s3_fail("MalformedXML", "The Tagging has no TagSet.");
    }
    Tags tags;
    for (const codec::XmlElement& entry : set.children()) {
        if (entry.name() != "Tag" || !entry.child("Key") || !entry.child("Value")) {
            return s3_fail("MalformedXML",
                           "A TagSet holds Tag elements, each with a Key and a Value.");
        }
        tags.push_back(Tag{entry.child_text("Key"), entry.child_text("Value")});
    }
    SLIPWAY_CHECK(check_tags(tags, tags_max));
    return tags;
}

std::string tagging_xml(const Tags& tags) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("Tagging", xmlns);
    xml.open("TagSet");
    for (const Tag& tag : tags) {
        xml.open("Tag");
        xml.element("Key", tag.key);
        xml.element("Value", tag.value);
        xml.close("Tag");
    }
    xml.close("TagSet");
    xml.close("Tagging");
    return out;
}

Result<Tags> parse_tagging_text(std::string_view text, std::size_t tags_max) {
    Tags tags;
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        auto key = codec::form_decode(pair.substr(0, equals));
        auto value = codec::form_decode(pair.substr(std::min(equals + 1, pair.size())));
        if (!key || !value) {
            return s3_fail("InvalidArgument",
                           "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded "
                           "URL query parameters without tag name duplicates.");
        }
        tags.push_back(Tag{*std::move(key), *std::move(value)});
    }
    if (names_a_key_twice(tags)) {
        return s3_fail("InvalidArgument", "x-amz-tagging names a tag twice.");
    }
    SLIPWAY_CHECK(check_tags(tags, tags_max));
    return tags;
}

std::string tagging_text(Tags tags) {
    std::ranges::sort(tags, {}, &Tag::key);
    std::string text;
    for (const Tag& tag : tags) {
        text.append(text.empty() ? "" : "&");
        codec::append_percent_encoded(text, tag.key, false);
        text += '=';
        codec::append_percent_encoded(text, tag.value, false);
    }
    return text;
}

}  // namespace slipway::s3
