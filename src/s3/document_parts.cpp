// SPDX-License-Identifier: Apache-2.0
#include "s3/document_parts.h"

#include "codec/percent.h"
#include "codec/time.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace slipway::s3 {
namespace {

constexpr std::array<std::string_view, 5> checksum_names = {"CRC32", "CRC32C", "CRC64NVME", "SHA1",
                                                            "SHA256"};

}  // namespace

std::string quoted(std::string_view etag) {
    return fmt::format("\"{}\"", etag);
}

std::string unquoted(std::string text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        return text.substr(1, text.size() - 2);
    }
    return text;
}

void write_owner(codec::XmlWriter& xml, std::string_view element, const Owner& owner) {
    xml.open(element);
    xml.element("ID", owner.id);
    xml.element("DisplayName", owner.display_name);
    xml.close(element);
}

Owner read_owner(const codec::XmlElement& owner) {
    return Owner{owner.child_text("ID"), owner.child_text("DisplayName")};
}

std::string_view checksum_type_of(std::string_view value) {
    return value.find('-') != std::string_view::npos ? "COMPOSITE" : "FULL_OBJECT";
}

void write_checksum(codec::XmlWriter& xml, std::string_view algorithm, std::string_view value) {
    if (!algorithm.empty()) {
        xml.element(fmt::format("Checksum{}", algorithm), value);
        xml.element("ChecksumType", checksum_type_of(value));
    }
}

std::string listed_text(std::string_view plain, bool url_encoded) {
    return url_encoded ? codec::percent_encode(plain, true) : std::string(plain);
}

void write_common_prefixes(codec::XmlWriter& xml,
                           std::span<const std::string> prefixes,
                           bool url_encoded) {
    for (const std::string& prefix : prefixes) {
        xml.open("CommonPrefixes");
        xml.element("Prefix", listed_text(prefix, url_encoded));
        xml.close("CommonPrefixes");
    }
}

Result<std::uint64_t> number_of(const codec::XmlElement& parent, std::string_view name) {
    const std::string text = parent.child_text(name);
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (!text.empty() && (read.ec != std::errc() || read.ptr != text.data() + text.size())) {
        return s3_fail("MalformedXML", fmt::format("{} is not a number: \"{}\"", name, text));
    }
    return value;
}

Result<Time> time_of(const codec::XmlElement& parent, std::string_view name) {
    const std::string text = parent.child_text(name);
    return text.empty() ? Time{} : codec::parse_iso8601(text);
}

Result<std::string> text_of(const codec::XmlElement& parent,
                            std::string_view name,
                            bool url_encoded) {
    std::string raw = parent.child_text(name);
    return url_encoded ? codec::form_decode(raw) : raw;
}

std::pair<std::string, std::string> checksum_of(const codec::XmlElement& parent) {
    for (const std::string_view name : checksum_names) {
        if (const auto checksum = parent.child("Checksum" + std::string(name))) {
            return {std::string(name), checksum.text()};
        }
    }
    return {};
}

Result<codec::XmlDocument> parse_rooted(std::string_view body, std::string_view root) {
    SLIPWAY_TRY(document, codec::parse_xml(body));
    const std::string_view found = document.root().name();
    if (found == "Error") {
        return fail(parse_error_xml(200, body));
    }
    if (found != root) {
        return s3_fail("MalformedXML",
                       fmt::format("The XML document is a {}, expected a {}.", found, root));
    }
    return document;
}

}  // namespace slipway::s3
