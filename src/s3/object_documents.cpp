// SPDX-License-Identifier: Apache-2.0
#include "s3/object_documents.h"

#include "codec/time.h"
#include "codec/xml.h"
#include "s3/document_parts.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace slipway::s3 {

// --- ListObjectVersions --------------------------------------------------------------------------

namespace {

void write_version(codec::XmlWriter& xml,
                   const ListedObject& object,
                   const ListVersionsResult& result) {
    xml.open("Version");
    xml.element("Key", listed_text(object.key, result.url_encoded));
    xml.element("VersionId", "null");
    xml.boolean("IsLatest", true);
    xml.element("LastModified", codec::iso8601(object.last_modified));
    xml.element("ETag", quoted(object.etag));
    if (!object.checksum_algorithm.empty()) {
        xml.element("ChecksumAlgorithm", object.checksum_algorithm);
        xml.element("ChecksumType", object.checksum_type);
    }
    xml.element("Size", object.size);
    write_owner(xml, "Owner", result.owner);
    xml.element("StorageClass", object.storage_class);
    xml.close("Version");
}

}  // namespace

std::string list_versions_xml(const ListVersionsResult& result) {
    const auto text = [&result](std::string_view plain) {
        return listed_text(plain, result.url_encoded);
    };
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("ListVersionsResult", xmlns);
    xml.element("Name", result.bucket);
    xml.element("Prefix", text(result.prefix));
    xml.element("KeyMarker", text(result.key_marker));
    xml.element("VersionIdMarker", result.version_id_marker);
    if (result.truncated) {
        xml.element("NextKeyMarker", text(result.next_key_marker));
        xml.element("NextVersionIdMarker", result.next_version_id_marker);
    }
    xml.element("MaxKeys", std::uint64_t{result.keys_max});
    if (!result.delimiter.empty()) {
        xml.element("Delimiter", text(result.delimiter));
    }
    if (result.url_encoded) {
        xml.element("EncodingType", "url");
    }
    xml.boolean("IsTruncated", result.truncated);
    for (const ListedObject& object : result.versions) {
        write_version(xml, object, result);
    }
    write_common_prefixes(xml, result.common_prefixes, result.url_encoded);
    xml.close("ListVersionsResult");
    return out;
}

// --- GetObjectAttributes -------------------------------------------------------------------------

namespace {

void write_parts(codec::XmlWriter& xml, const AttributeParts& parts) {
    xml.open("ObjectParts");
    xml.element("PartsCount", std::uint64_t{parts.total});
    xml.element("PartNumberMarker", std::uint64_t{parts.number_marker});
    xml.element("NextPartNumberMarker", std::uint64_t{parts.next_number_marker});
    xml.element("MaxParts", std::uint64_t{parts.parts_max});
    xml.boolean("IsTruncated", parts.truncated);
    for (const ListedPart& part : parts.parts) {
        xml.open("Part");
        xml.element("PartNumber", std::uint64_t{part.number});
        xml.element("Size", part.size);
        if (!part.checksum_algorithm.empty()) {
            xml.element("Checksum" + part.checksum_algorithm, part.checksum_value);
        }
        xml.close("Part");
    }
    xml.close("ObjectParts");
}

}  // namespace

std::string attributes_xml(const AttributesResult& result) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("GetObjectAttributesResponse", xmlns);
    if (!result.etag.empty()) {
        xml.element("ETag", result.etag);
    }
    if (!result.checksum_algorithm.empty()) {
        xml.open("Checksum");
        write_checksum(xml, result.checksum_algorithm, result.checksum_value);
        xml.close("Checksum");
    }
    if (result.parts) {
        write_parts(xml, *result.parts);
    }
    if (!result.storage_class.empty()) {
        xml.element("StorageClass", result.storage_class);
    }
    if (result.size) {
        xml.element("ObjectSize", *result.size);
    }
    xml.close("GetObjectAttributesResponse");
    return out;
}

// --- RestoreObject -------------------------------------------------------------------------------

Result<RestoreRequest> parse_restore_request(std::string_view body) {
    constexpr std::array<std::string_view, 3> tiers = {"Standard", "Bulk", "Expedited"};
    SLIPWAY_TRY(document, parse_rooted(body, "RestoreRequest"));
    const codec::XmlElement root = document.root();
    if (root.child("Type") || root.child("SelectParameters") || root.child("OutputLocation")) {
        return s3_fail("NotImplemented",
                       "Restoring the result of a query (Type SELECT) is not implemented here.");
    }
    if (!root.child("Days")) {
        return s3_fail("MalformedXML", "The RestoreRequest has no Days.");
    }
    SLIPWAY_TRY(days, number_of(root, "Days"));
    if (days < 1 || days > restore_days_max) {
        return s3_fail("InvalidArgument",
                       fmt::format("restoration days should be 1 to {}.", restore_days_max));
    }
    RestoreRequest request;
    request.days = static_cast<unsigned>(days);
    const codec::XmlElement parameters = root.child("GlacierJobParameters");
    request.tier = parameters ? parameters.child_text("Tier") : root.child_text("Tier");
    if ((parameters || root.child("Tier")) &&
        std::ranges::find(tiers, request.tier) == tiers.end()) {
        return s3_fail("MalformedXML", "The Tier is none of Standard, Bulk and Expedited.");
    }
    return request;
}

// --- PutBucketVersioning -------------------------------------------------------------------------

Result<std::string> parse_versioning(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "VersioningConfiguration"));
    std::string status = document.root().child_text("Status");
    if (status.empty()) {
        return s3_fail("IllegalVersioningConfigurationException");
    }
    if (status != "Enabled" && status != "Suspended") {
        return s3_fail("MalformedXML", "The Status is neither Enabled nor Suspended.");
    }
    return status;
}

}  // namespace slipway::s3
