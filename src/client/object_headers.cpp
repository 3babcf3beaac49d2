// SPDX-License-Identifier: Apache-2.0
#include "client/object_headers.h"

#include "codec/time.h"

#include <algorithm>
#include <array>
#include <utility>

namespace slipway::client {
namespace {

using objects::ChecksumAlgorithm;
using objects::ObjectAttributes;

constexpr std::string_view meta_prefix = "x-amz-meta-";

constexpr std::array<std::pair<std::string_view, std::string ObjectAttributes::*>, 6> fields{
    {{"Content-Type", &ObjectAttributes::content_type},
     {"Cache-Control", &ObjectAttributes::cache_control},
     {"Content-Disposition", &ObjectAttributes::content_disposition},
     {"Content-Encoding", &ObjectAttributes::content_encoding},
     {"Content-Language", &ObjectAttributes::content_language},
     {"Expires", &ObjectAttributes::expires}}};

/// ETags travel in quotes, a list with each in its own.
std::string quote_etags(std::string_view etags) {
    std::string result;
    while (!etags.empty()) {
        const auto comma = std::min(etags.find(','), etags.size());
        std::string_view etag = etags.substr(0, comma);
        etag.remove_prefix(std::min(etag.find_first_not_of(' '), etag.size()));
        result.append(result.empty() ? "" : ", ");
        if (etag == "*" || etag.starts_with('"') || etag.starts_with("W/")) {
            result.append(etag);
        } else {
            result.append("\"").append(etag).append("\"");
        }
        etags.remove_prefix(std::min(comma + 1, etags.size()));
    }
    return result;
}

}  // namespace

void add_attributes(http::Headers& headers, const ObjectAttributes& attributes) {
    for (const auto& [name, member] : fields) {
        if (!(attributes.*member).empty()) {
            headers.add(std::string(name), attributes.*member);
        }
    }
    if (!attributes.tagging.empty()) {
        headers.add("x-amz-tagging", attributes.tagging);
    }
    for (const http::Header& meta : attributes.user_metadata) {
        headers.add(std::string(meta_prefix) + meta.name, meta.value);
    }
    if (!attributes.storage_class.empty() && attributes.storage_class != "STANDARD") {
        headers.add("x-amz-storage-class", attributes.storage_class);
    }
}

void add_conditions(http::Headers& headers,
                    const objects::Conditions& conditions,
                    std::string_view prefix) {
    const auto add = [&](std::string_view name, std::string value) {
        headers.add(std::string(prefix) + std::string(name), std::move(value));
    };
    if (!conditions.if_match.empty()) {
        add("if-match", quote_etags(conditions.if_match));
    }
    if (!conditions.if_none_match.empty()) {
        add("if-none-match", quote_etags(conditions.if_none_match));
    }
    if (conditions.if_modified_since) {
        add("if-modified-since", codec::http_date(*conditions.if_modified_since));
    }
    if (conditions.if_unmodified_since) {
        add("if-unmodified-since", codec::http_date(*conditions.if_unmodified_since));
    }
}

Result<objects::ObjectInfo> read_object_headers(const http::Headers& headers) {
    objects::ObjectInfo info;
    for (const auto& [name, member] : fields) {
        info.attributes.*member = headers.get(name);
    }
    if (info.attributes.content_type == "binary/octet-stream") {
        info.attributes.content_type.clear();  // what S3 says when nothing was said
    }
    for (const http::Header& header : headers) {
        std::string name = http::lower_case(header.name);
        if (name.starts_with(meta_prefix)) {
            info.attributes.user_metadata.push_back(
                http::Header{name.substr(meta_prefix.size()), header.value});
        }
    }
    if (const auto* storage_class = headers.find("x-amz-storage-class")) {
        info.attributes.storage_class = *storage_class;
    }
    info.etag = without_quotes(headers.get("ETag"));
    info.checksum = read_checksum(headers);
    info.encrypted = headers.get("x-amz-server-side-encryption").starts_with("aws:kms") ||
                     headers.find("x-amz-server-side-encryption-customer-algorithm") != nullptr;
    if (const auto* date = headers.find("Last-Modified")) {
        auto time = codec::parse_http_date(*date);
        if (!time) {
            return fail(ErrorKind::corrupted, "Last-Modified: " + time.error().message);
        }
        info.last_modified = *time;
    }
    return info;
}

std::optional<objects::Checksum> read_checksum(const http::Headers& headers) {
    if (http::equal_ignoring_case(headers.get("x-amz-checksum-type"), "COMPOSITE")) {
        return std::nullopt;
    }
    for (const auto algorithm :
         {ChecksumAlgorithm::crc64nvme, ChecksumAlgorithm::crc32c, ChecksumAlgorithm::crc32,
          ChecksumAlgorithm::sha256, ChecksumAlgorithm::sha1}) {
        const std::string* value = headers.find(objects::header_name(algorithm));
        // Older stores do not name the type, but write the part count: "base64-3".
        if (value != nullptr && value->find('-') == std::string::npos) {
            return objects::Checksum{algorithm, *value};
        }
    }
    return std::nullopt;
}

std::string without_quotes(std::string_view etag) {
    if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"')) {
        etag = etag.substr(1, etag.size() - 2);
    }
    return std::string(etag);
}

}  // namespace slipway::client
