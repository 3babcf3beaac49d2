// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"
#include "codec/xml.h"
#include "s3/owner.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

/// What the documents of S3 have in common.
namespace slipway::s3 {

inline constexpr std::string_view xmlns = "http://s3.amazonaws.com/doc/2006-03-01/";

/// ETags stand in quotes in documents.
std::string quoted(std::string_view etag);
std::string unquoted(std::string text);

/// An element (Owner, Initiator) with ID and DisplayName.
void write_owner(codec::XmlWriter& xml, std::string_view element, const Owner& owner);
Owner read_owner(const codec::XmlElement& owner);

/// "COMPOSITE" for a value that ends with the number of parts, else "FULL_OBJECT".
std::string_view checksum_type_of(std::string_view value);
/// The elements ChecksumX and ChecksumType; nothing without an algorithm ("CRC32C").
void write_checksum(codec::XmlWriter& xml, std::string_view algorithm, std::string_view value);

/// The number in that child; 0 when there is none. Errors: invalid_argument `MalformedXML`.
Result<std::uint64_t> number_of(const codec::XmlElement& parent, std::string_view name);

/// The time in that child; 1970 when there is none.
Result<Time> time_of(const codec::XmlElement& parent, std::string_view name);

/// The text in that child; with `url_encoded` as encoding-type=url has it, where spaces are '+'.
Result<std::string> text_of(const codec::XmlElement& parent,
                            std::string_view name,
                            bool url_encoded);

/// A key or prefix as a listing has it: with `url_encoded` as encoding-type=url asks for.
std::string listed_text(std::string_view plain, bool url_encoded);
/// An element CommonPrefixes each.
void write_common_prefixes(codec::XmlWriter& xml,
                           std::span<const std::string> prefixes,
                           bool url_encoded);

/// Algorithm ("CRC32C") and value of the first ChecksumX child; both empty when there is none.
std::pair<std::string, std::string> checksum_of(const codec::XmlElement& parent);

/// The document with this root; an Error document is returned as its Error.
Result<codec::XmlDocument> parse_rooted(std::string_view body, std::string_view root);

}  // namespace slipway::s3
