// SPDX-License-Identifier: Apache-2.0
#include "s3/documents.h"

#include "codec/percent.h"
#include "codec/time.h"
#include "codec/xml.h"
#include "s3/document_parts.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

namespace slipway::s3 {
// --- ListBuckets ---------------------------------------------------------------------------------

std::string list_buckets_xml(const ListBucketsResult& result) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("ListAllMyBucketsResult", xmlns);
    write_owner(xml, "Owner", result.owner);
    xml.open("Buckets");
    for (const ListedBucket& bucket : result.buckets) {
        xml.open("Bucket");
        xml.element("Name", bucket.name);
        xml.element("CreationDate", codec::iso8601(bucket.created));
        xml.close("Bucket");
    }
    xml.close("Buckets");
    if (!result.continuation_token.empty()) {
        xml.element("ContinuationToken", result.continuation_token);
    }
    if (!result.prefix.empty()) {
        xml.element("Prefix", result.prefix);
    }
    xml.close("ListAllMyBucketsResult");
    return out;
}

Result<ListBucketsResult> parse_list_buckets(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "ListAllMyBucketsResult"));
    ListBucketsResult result;
    result.owner = read_owner(document.root().child("Owner"));
    result.prefix = document.root().child_text("Prefix");
    result.continuation_token = document.root().child_text("ContinuationToken");
    for (const auto& bucket : document.root().child("Buckets").children("Bucket")) {
        SLIPWAY_TRY(created, time_of(bucket, "CreationDate"));
        result.buckets.push_back(ListedBucket{bucket.child_text("Name"), created});
    }
    return result;
}

// --- ListObjects, ListObjectsV2 ------------------------------------------------------------------

namespace {

void write_listed_object(codec::XmlWriter& xml,
                         const ListedObject& object,
                         const ListObjectsResult& result) {
    xml.open("Contents");
    xml.element("Key", listed_text(object.key, result.url_encoded));
    xml.element("LastModified", codec::iso8601(object.last_modified));
    xml.element("ETag", quoted(object.etag));
    if (!object.checksum_algorithm.empty()) {
        xml.element("ChecksumAlgorithm", object.checksum_algorithm);
        xml.element("ChecksumType", object.checksum_type);
    }
    xml.element("Size", object.size);
    if (!result.owner.id.empty()) {
        write_owner(xml, "Owner", result.owner);
    }
    xml.element("StorageClass", object.storage_class);
    xml.close("Contents");
}

}  // namespace

std::string list_objects_xml(const ListObjectsResult& result) {
    const auto text = [&result](std::string_view plain) {
        return listed_text(plain, result.url_encoded);
    };
    std::string out;
    codec::XmlWriter xml(out);
    const auto optional_element = [&xml](std::string_view name, std::string_view value) {
        if (!value.empty()) {
            xml.element(name, value);
        }
    };
    xml.open("ListBucketResult", xmlns);
    xml.element("Name", result.bucket);
    // Clients undo the encoding of the prefix in version 2 only (botocore 1.43, seen 2026-11).
    xml.element("Prefix", result.version == 1 ? result.prefix : text(result.prefix));
    if (result.version == 1) {
        xml.element("Marker", text(result.marker));
        optional_element("NextMarker", text(result.next_marker));
    } else {
        optional_element("StartAfter", text(result.start_after));
        if (result.continuation_token) {
            xml.element("ContinuationToken", *result.continuation_token);
        }
        optional_element("NextContinuationToken", result.next_continuation_token);
        xml.element("KeyCount", result.objects.size() + result.common_prefixes.size());
    }
    xml.element("MaxKeys", result.keys_max);
    optional_element("Delimiter", text(result.delimiter));
    if (result.url_encoded) {
        xml.element("EncodingType", "url");
    }
    xml.boolean("IsTruncated", result.truncated);
    for (const ListedObject& object : result.objects) {
        write_listed_object(xml, object, result);
    }
    write_common_prefixes(xml, result.common_prefixes, result.url_encoded);
    xml.close("ListBucketResult");
    return out;
}

Result<ListObjectsResult> parse_list_objects(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "ListBucketResult"));
    const codec::XmlElement root = document.root();
    ListObjectsResult result;
    result.url_encoded = root.child_text("EncodingType") == "url";
    // One bad text spoils the page; S3 writes spaces as '+' here.
    Result<void> decoded;
    const auto text = [&](const codec::XmlElement& parent, std::string_view name) {
        std::string raw = parent.child_text(name);
        if (!result.url_encoded) {
            return raw;
        }
        auto plain = codec::form_decode(raw);
        if (!plain) {
            decoded = fail(plain.error());
            return raw;
        }
        return *std::move(plain);
    };
    result.version = root.child("KeyCount") ? 2 : 1;
    result.bucket = root.child_text("Name");
    result.prefix = result.version == 1 ? root.child_text("Prefix") : text(root, "Prefix");
    result.delimiter = text(root, "Delimiter");
    SLIPWAY_TRY(keys_max, number_of(root, "MaxKeys"));
    result.keys_max = static_cast<unsigned>(keys_max);
    result.truncated = root.child_text("IsTruncated") == "true";
    result.start_after = text(root, "StartAfter");
    if (const codec::XmlElement token = root.child("ContinuationToken")) {
        result.continuation_token = token.text();
    }
    result.next_continuation_token = root.child_text("NextContinuationToken");
    result.marker = text(root, "Marker");
    result.next_marker = text(root, "NextMarker");
    for (const codec::XmlElement& entry : root.children("Contents")) {
        SLIPWAY_TRY(last_modified, time_of(entry, "LastModified"));
        SLIPWAY_TRY(size, number_of(entry, "Size"));
        result.objects.push_back(
            ListedObject{text(entry, "Key"), last_modified, unquoted(entry.child_text("ETag")),
                         size, entry.child_text("StorageClass"),
                         entry.child_text("ChecksumAlgorithm"), entry.child_text("ChecksumType")});
        if (const codec::XmlElement owner = entry.child("Owner")) {
            result.owner = read_owner(owner);
        }
    }
    for (const codec::XmlElement& entry : root.children("CommonPrefixes")) {
        result.common_prefixes.push_back(text(entry, "Prefix"));
    }
    if (!decoded) {
        return fail(std::move(decoded).error());
    }
    return result;
}

// --- DeleteObjects -------------------------------------------------------------------------------

std::string delete_request_xml(const DeleteRequest& request) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("Delete", xmlns);
    if (request.quiet) {
        xml.boolean("Quiet", true);
    }
    for (const DeleteEntry& entry : request.entries) {
        xml.open("Object");
        xml.element("Key", entry.key);
        if (!entry.version_id.empty()) {
            xml.element("VersionId", entry.version_id);
        }
        if (!entry.etag.empty()) {
            xml.element("ETag", entry.etag);
        }
        if (!entry.last_modified_time.empty()) {
            xml.element("LastModifiedTime", entry.last_modified_time);
        }
        if (!entry.size.empty()) {
            xml.element("Size", entry.size);
        }
        xml.close("Object");
    }
    xml.close("Delete");
    return out;
}

Result<DeleteRequest> parse_delete_request(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "Delete"));
    DeleteRequest request;
    request.quiet = document.root().child_text("Quiet") == "true";
    const auto objects = document.root().children("Object");
    if (objects.empty() || objects.size() > delete_objects_max) {
        return s3_fail("MalformedXML", fmt::format("Delete names {} objects, it must be 1 to {}.",
                                                   objects.size(), delete_objects_max));
    }
    for (const codec::XmlElement& object : objects) {
        if (!object.child("Key")) {
            return s3_fail("MalformedXML", "An Object in Delete has no Key.");
        }
        request.entries.push_back(DeleteEntry{
            object.child_text("Key"), object.child_text("VersionId"), object.child_text("ETag"),
            object.child_text("LastModifiedTime"), object.child_text("Size")});
    }
    return request;
}

std::string delete_result_xml(const DeleteResult& result) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("DeleteResult", xmlns);
    for (const std::string& key : result.deleted) {
        xml.open("Deleted");
        xml.element("Key", key);
        xml.close("Deleted");
    }
    for (const DeleteFailure& failure : result.failures) {
        xml.open("Error");
        xml.element("Key", failure.key);
        xml.element("Code", failure.code);
        xml.element("Message", failure.message);
        xml.close("Error");
    }
    xml.close("DeleteResult");
    return out;
}

Result<DeleteResult> parse_delete_result(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "DeleteResult"));
    DeleteResult result;
    for (const codec::XmlElement& entry : document.root().children("Deleted")) {
        result.deleted.push_back(entry.child_text("Key"));
    }
    for (const codec::XmlElement& entry : document.root().children("Error")) {
        result.failures.push_back(DeleteFailure{entry.child_text("Key"), entry.child_text("Code"),
                                                entry.child_text("Message")});
    }
    return result;
}

// --- CopyObject ----------------------------------------------------------------------------------

std::string copy_object_xml(const CopyObjectResult& result) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("CopyObjectResult", xmlns);
    xml.element("LastModified", codec::iso8601(result.last_modified));
    xml.element("ETag", quoted(result.etag));
    write_checksum(xml, result.checksum_algorithm, result.checksum_value);
    xml.close("CopyObjectResult");
    return out;
}

Result<CopyObjectResult> parse_copy_object(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "CopyObjectResult"));
    const codec::XmlElement root = document.root();
    SLIPWAY_TRY(last_modified, time_of(root, "LastModified"));
    CopyObjectResult result;
    result.last_modified = last_modified;
    result.etag = unquoted(root.child_text("ETag"));
    auto [algorithm, value] = checksum_of(root);
    result.checksum_algorithm = std::move(algorithm);
    result.checksum_value = std::move(value);
    return result;
}

// --- buckets -------------------------------------------------------------------------------------

Result<std::string> parse_create_bucket(std::string_view body) {
    if (body.empty()) {
        return std::string();
    }
    SLIPWAY_TRY(document, parse_rooted(body, "CreateBucketConfiguration"));
    return document.root().child_text("LocationConstraint");
}

std::string create_bucket_xml(std::string_view region) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("CreateBucketConfiguration", xmlns);
    xml.element("LocationConstraint", region);
    xml.close("CreateBucketConfiguration");
    return out;
}

std::string bucket_location_xml(std::string_view region) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("LocationConstraint", xmlns);
    codec::append_xml_escaped(out, region == "us-east-1" ? std::string_view() : region);
    xml.close("LocationConstraint");
    return out;
}

}  // namespace slipway::s3
