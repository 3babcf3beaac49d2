// SPDX-License-Identifier: Apache-2.0
#include "s3/multipart_documents.h"

#include "codec/time.h"
#include "s3/document_parts.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

#include <tuple>
#include <utility>

namespace slipway::s3 {
namespace {

void write_part(codec::XmlWriter& xml, const ListedPart& part, bool listed) {
    xml.open("Part");
    xml.element("PartNumber", std::uint64_t{part.number});
    xml.element("ETag", quoted(part.etag));
    if (!part.checksum_algorithm.empty()) {
        xml.element("Checksum" + part.checksum_algorithm, part.checksum_value);
    }
    if (listed) {
        xml.element("Size", part.size);
        xml.element("LastModified", codec::iso8601(part.last_modified));
    }
    xml.close("Part");
}

/// What an upload was begun with.
void write_algorithm(codec::XmlWriter& xml, std::string_view algorithm, std::string_view type) {
    if (!algorithm.empty()) {
        xml.element("ChecksumAlgorithm", algorithm);
        xml.element("ChecksumType", type);
    }
}

Result<unsigned> part_number_of(const codec::XmlElement& parent, std::string_view name) {
    SLIPWAY_TRY(number, number_of(parent, name));
    if (number > parts_max) {
        return s3_fail("MalformedXML",
                       fmt::format("{} is {}, it must be at most {}.", name, number, parts_max));
    }
    return static_cast<unsigned>(number);
}

Result<std::vector<ListedPart>> read_parts(const codec::XmlElement& root) {
    std::vector<ListedPart> parts;
    for (const codec::XmlElement& entry : root.children("Part")) {
        ListedPart part;
        SLIPWAY_TRY(number, part_number_of(entry, "PartNumber"));
        SLIPWAY_TRY(size, number_of(entry, "Size"));
        SLIPWAY_TRY(last_modified, time_of(entry, "LastModified"));
        part.number = number;
        part.size = size;
        part.last_modified = last_modified;
        part.etag = unquoted(entry.child_text("ETag"));
        std::tie(part.checksum_algorithm, part.checksum_value) = checksum_of(entry);
        parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace

// --- CreateMultipartUpload -----------------------------------------------------------------------

std::string create_multipart_xml(const CreateMultipartResult& result) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("InitiateMultipartUploadResult", xmlns);
    xml.element("Bucket", result.bucket);
    xml.element("Key", result.key);
    xml.element("UploadId", result.upload_id);
    xml.close("InitiateMultipartUploadResult");
    return out;
}

Result<CreateMultipartResult> parse_create_multipart(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "InitiateMultipartUploadResult"));
    const codec::XmlElement root = document.root();
    CreateMultipartResult result{root.child_text("Bucket"), root.child_text("Key"),
                                 root.child_text("UploadId")};
    if (result.upload_id.empty()) {
        return s3_fail("MalformedXML", "The InitiateMultipartUploadResult has no UploadId.");
    }
    return result;
}

// --- CompleteMultipartUpload ---------------------------------------------------------------------

std::string complete_multipart_request_xml(const std::vector<ListedPart>& parts) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("CompleteMultipartUpload", xmlns);
    for (const ListedPart& part : parts) {
        write_part(xml, part, false);
    }
    xml.close("CompleteMultipartUpload");
    return out;
}

Result<std::vector<ListedPart>> parse_complete_multipart_request(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "CompleteMultipartUpload"));
    for (const codec::XmlElement& part : document.root().children("Part")) {
        if (!part.child("PartNumber") || !part.child("ETag")) {
            return s3_fail("MalformedXML",
                           "A Part in CompleteMultipartUpload has no PartNumber or no ETag.");
        }
    }
    SLIPWAY_TRY(parts, read_parts(document.root()));
    if (parts.empty() || parts.size() > parts_max) {
        return s3_fail("MalformedXML",
                       fmt::format("CompleteMultipartUpload names {} parts, it must be 1 to {}.",
                                   parts.size(), parts_max));
    }
    return parts;
}

std::string complete_multipart_xml(const CompleteMultipartResult& result) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("CompleteMultipartUploadResult", xmlns);
    xml.element("Location", result.location);
    xml.element("Bucket", result.bucket);
    xml.element("Key", result.key);
    xml.element("ETag", quoted(result.etag));
    if (!result.checksum_algorithm.empty()) {
        xml.element("Checksum" + result.checksum_algorithm, result.checksum_value);
        xml.element("ChecksumType", result.checksum_type);
    }
    xml.close("CompleteMultipartUploadResult");
    return out;
}

Result<CompleteMultipartResult> parse_complete_multipart(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "CompleteMultipartUploadResult"));
    const codec::XmlElement root = document.root();
    CompleteMultipartResult result;
    result.location = root.child_text("Location");
    result.bucket = root.child_text("Bucket");
    result.key = root.child_text("Key");
    result.etag = unquoted(root.child_text("ETag"));
    std::tie(result.checksum_algorithm, result.checksum_value) = checksum_of(root);
    result.checksum_type = root.child_text("ChecksumType");
    return result;
}

// --- UploadPartCopy ------------------------------------------------------------------------------

std::string copy_part_xml(const CopyPartResult& result) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("CopyPartResult", xmlns);
    xml.element("LastModified", codec::iso8601(result.last_modified));
    xml.element("ETag", quoted(result.etag));
    if (!result.checksum_algorithm.empty()) {
        xml.element("Checksum" + result.checksum_algorithm, result.checksum_value);
    }
    xml.close("CopyPartResult");
    return out;
}

// --- ListParts -----------------------------------------------------------------------------------

std::string list_parts_xml(const ListPartsResult& result) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("ListPartsResult", xmlns);
    xml.element("Bucket", result.bucket);
    xml.element("Key", listed_text(result.key, result.url_encoded));
    xml.element("UploadId", result.upload_id);
    if (!result.owner.id.empty()) {
        write_owner(xml, "Initiator", result.owner);
        write_owner(xml, "Owner", result.owner);
    }
    xml.element("StorageClass", result.storage_class);
    write_algorithm(xml, result.checksum_algorithm, result.checksum_type);
    if (result.url_encoded) {
        xml.element("EncodingType", "url");
    }
    xml.element("PartNumberMarker", std::uint64_t{result.number_marker});
    xml.element("NextPartNumberMarker", std::uint64_t{result.next_number_marker});
    xml.element("MaxParts", std::uint64_t{result.parts_max});
    xml.boolean("IsTruncated", result.truncated);
    for (const ListedPart& part : result.parts) {
        write_part(xml, part, true);
    }
    xml.close("ListPartsResult");
    return out;
}

Result<ListPartsResult> parse_list_parts(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "ListPartsResult"));
    const codec::XmlElement root = document.root();
    ListPartsResult result;
    result.bucket = root.child_text("Bucket");
    result.url_encoded = root.child_text("EncodingType") == "url";
    SLIPWAY_TRY(key, text_of(root, "Key", result.url_encoded));
    result.key = std::move(key);
    result.upload_id = root.child_text("UploadId");
    result.owner = read_owner(root.child("Owner"));
    result.storage_class = root.child_text("StorageClass");
    result.checksum_algorithm = root.child_text("ChecksumAlgorithm");
    result.checksum_type = root.child_text("ChecksumType");
    SLIPWAY_TRY(number_marker, part_number_of(root, "PartNumberMarker"));
    result.number_marker = number_marker;
    SLIPWAY_TRY(next_number_marker, part_number_of(root, "NextPartNumberMarker"));
    result.next_number_marker = next_number_marker;
    SLIPWAY_TRY(page_max, number_of(root, "MaxParts"));
    result.parts_max = static_cast<unsigned>(page_max);
    result.truncated = root.child_text("IsTruncated") == "true";
    SLIPWAY_TRY(parts, read_parts(root));
    result.parts = std::move(parts);
    return result;
}

// --- ListMultipartUploads ------------------------------------------------------------------------

std::string list_multipart_uploads_xml(const ListMultipartUploadsResult& result) {
    const auto text = [&result](std::string_view plain) {
        return listed_text(plain, result.url_encoded);
    };
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("ListMultipartUploadsResult", xmlns);
    xml.element("Bucket", result.bucket);
    xml.element("KeyMarker", text(result.key_marker));
    xml.element("UploadIdMarker", result.upload_id_marker);
    if (result.truncated) {
        xml.element("NextKeyMarker", text(result.next_key_marker));
        xml.element("NextUploadIdMarker", result.next_upload_id_marker);
    }
    xml.element("Prefix", text(result.prefix));
    if (!result.delimiter.empty()) {
        xml.element("Delimiter", text(result.delimiter));
    }
    xml.element("MaxUploads", std::uint64_t{result.uploads_max});
    if (result.url_encoded) {
        xml.element("EncodingType", "url");
    }
    xml.boolean("IsTruncated", result.truncated);
    for (const ListedUpload& upload : result.uploads) {
        xml.open("Upload");
        xml.element("Key", text(upload.key));
        xml.element("UploadId", upload.upload_id);
        if (!result.owner.id.empty()) {
            write_owner(xml, "Initiator", result.owner);
            write_owner(xml, "Owner", result.owner);
        }
        xml.element("StorageClass", upload.storage_class);
        xml.element("Initiated", codec::iso8601(upload.initiated));
        write_algorithm(xml, upload.checksum_algorithm, upload.checksum_type);
        xml.close("Upload");
    }
    write_common_prefixes(xml, result.common_prefixes, result.url_encoded);
    xml.close("ListMultipartUploadsResult");
    return out;
}

Result<ListMultipartUploadsResult> parse_list_multipart_uploads(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "ListMultipartUploadsResult"));
    const codec::XmlElement root = document.root();
    ListMultipartUploadsResult result;
    result.url_encoded = root.child_text("EncodingType") == "url";
    result.bucket = root.child_text("Bucket");
    result.upload_id_marker = root.child_text("UploadIdMarker");
    result.next_upload_id_marker = root.child_text("NextUploadIdMarker");
    SLIPWAY_TRY(prefix, text_of(root, "Prefix", result.url_encoded));
    result.prefix = std::move(prefix);
    SLIPWAY_TRY(delimiter, text_of(root, "Delimiter", result.url_encoded));
    result.delimiter = std::move(delimiter);
    SLIPWAY_TRY(key_marker, text_of(root, "KeyMarker", result.url_encoded));
    result.key_marker = std::move(key_marker);
    SLIPWAY_TRY(next_key_marker, text_of(root, "NextKeyMarker", result.url_encoded));
    result.next_key_marker = std::move(next_key_marker);
    SLIPWAY_TRY(page_max, number_of(root, "MaxUploads"));
    result.uploads_max = static_cast<unsigned>(page_max);
    result.truncated = root.child_text("IsTruncated") == "true";
    for (const codec::XmlElement& entry : root.children("Upload")) {
        SLIPWAY_TRY(key, text_of(entry, "Key", result.url_encoded));
        SLIPWAY_TRY(initiated, time_of(entry, "Initiated"));
        result.owner = read_owner(entry.child("Owner"));
        result.uploads.push_back(ListedUpload{
            std::move(key), entry.child_text("UploadId"), entry.child_text("StorageClass"),
            initiated, entry.child_text("ChecksumAlgorithm"), entry.child_text("ChecksumType")});
    }
    for (const codec::XmlElement& entry : root.children("CommonPrefixes")) {
        SLIPWAY_TRY(common_prefix, text_of(entry, "Prefix", result.url_encoded));
        result.common_prefixes.push_back(std::move(common_prefix));
    }
    return result;
}

}  // namespace slipway::s3
