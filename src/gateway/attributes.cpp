// SPDX-License-Identifier: Apache-2.0
#include "gateway/attributes.h"

#include "codec/time.h"
#include "gateway/acl.h"
#include "gateway/expiration.h"
#include "gateway/listing.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "s3/tagging.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace slipway::gateway {
namespace {

using objects::ObjectAttributes;

constexpr std::string_view default_content_type = "binary/octet-stream";
constexpr std::string_view metadata_prefix = "x-amz-meta-";

/// The headers kept with an object as they are said, and the parameter that overrides each in the
/// answer to one GET.
struct KeptHeader {
    std::string_view name;
    std::string_view canonical_name;
    std::string_view override_parameter;
    std::string ObjectAttributes::*field;
};

const std::array<KeptHeader, 6> kept_headers{{
    {"content-type", "Content-Type", "response-content-type", &ObjectAttributes::content_type},
    {"cache-control", "Cache-Control", "response-cache-control", &ObjectAttributes::cache_control},
    {"content-disposition", "Content-Disposition", "response-content-disposition",
     &ObjectAttributes::content_disposition},
    {"content-encoding", "Content-Encoding", "response-content-encoding",
     &ObjectAttributes::content_encoding},
    {"content-language", "Content-Language", "response-content-language",
     &ObjectAttributes::content_language},
    {"expires", "Expires", "response-expires", &ObjectAttributes::expires},
}};

// "Storage classes" of the Amazon S3 user guide (checked 2026-11), without those of Outposts,
// Snow and directory buckets.
constexpr std::array<std::string_view, 8> storage_classes = {
    "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING",
    "GLACIER",  "DEEP_ARCHIVE",       "GLACIER_IR"};

/// Content-Encoding without the coding of the transfer, which ends here; else as it was sent.
std::string without_aws_chunked(std::string_view codings) {
    std::string rest;
    while (!codings.empty()) {
        const auto comma = std::min(codings.find(','), codings.size());
        const std::string_view coding = codings.substr(0, comma);
        codings.remove_prefix(std::min(comma + 1, codings.size()));
        if (!http::equal_ignoring_case(http::trimmed(coding), "aws-chunked")) {
            rest.append(rest.empty() ? "" : ",").append(coding);
        }
    }
    return std::string(http::trimmed(rest));
}

Result<std::vector<http::Header>> read_metadata(const Call& call) {
    std::vector<http::Header> metadata = call.headers_after(metadata_prefix);
    std::size_t bytes = 0;
    for (const http::Header& entry : metadata) {
        bytes += entry.name.size() + entry.value.size();
        SLIPWAY_CHECK(check_header_value(entry.name, entry.value));
        const bool is_token =
            std::ranges::all_of(entry.name, [](char c) { return c > ' ' && c < 0x7f && c != ':'; });
        if (entry.name.empty() || !is_token) {
            return s3::s3_fail("InvalidArgument",
                               "The name of a x-amz-meta- header is empty or no header's name.");
        }
    }
    if (bytes > s3::user_metadata_bytes_max) {
        return s3::s3_fail("MetadataTooLarge",
                           fmt::format("Your metadata headers exceed the maximum allowed metadata "
                                       "size: {} bytes, at most {} are allowed.",
                                       bytes, s3::user_metadata_bytes_max));
    }
    return metadata;
}

/// What one GET or HEAD wants said instead.
void write_kept_headers(const Call& call,
                        const ObjectAttributes& attributes,
                        http::Headers& headers) {
    const bool is_read =
        call.request.method == http::Method::get || call.request.method == http::Method::head;
    for (const KeptHeader& kept : kept_headers) {
        const std::string* value = &(attributes.*kept.field);
        if (is_read && !call.target.query.empty()) {
            const std::string* wanted = call.target.find(kept.override_parameter);
            value = wanted != nullptr ? wanted : value;
        }
        if (!value->empty()) {
            headers.add(std::string(kept.canonical_name), *value);
        } else if (kept.field == &ObjectAttributes::content_type) {
            headers.add(std::string(kept.canonical_name), std::string(default_content_type));
        }
    }
}

/// "x-amz-restore" of an archived object that is, or is being, restored.
void write_restoration(const objects::Restoration& restoration, Time now, http::Headers& headers) {
    if (now < restoration.ready) {
        headers.add("x-amz-restore", "ongoing-request=\"true\"");
    } else if (now < restoration.until) {
        headers.add("x-amz-restore", fmt::format("ongoing-request=\"false\", expiry-date=\"{}\"",
                                                 codec::http_date(restoration.until)));
    }
}

}  // namespace

Result<std::string> read_storage_class(const Call& call) {
    std::string_view value = call.header("x-amz-storage-class");
    if (!value.empty() && std::ranges::find(storage_classes, value) == storage_classes.end()) {
        return s3::s3_fail("InvalidStorageClass");
    }
    return std::string(value);
}

Result<ObjectAttributes> read_attributes(const Call& call) {
    ObjectAttributes attributes;
    for (const http::Header& header : call.request.headers) {
        for (const KeptHeader& kept : kept_headers) {
            if (http::equal_ignoring_case(header.name, kept.name)) {
                attributes.*kept.field = header.value;
                break;
            }
        }
    }
    if (!attributes.content_encoding.empty()) {
        attributes.content_encoding = without_aws_chunked(attributes.content_encoding);
    }
    SLIPWAY_TRY(metadata, read_metadata(call));
    attributes.user_metadata = std::move(metadata);
    SLIPWAY_TRY(storage_class, read_storage_class(call));
    if (!storage_class.empty()) {
        attributes.storage_class = std::move(storage_class);
    }
    SLIPWAY_TRY(tags, s3::parse_tagging_text(call.header("x-amz-tagging")));
    attributes.tagging = s3::tagging_text(std::move(tags));
    SLIPWAY_TRY(acl, read_acl(call));
    attributes.acl = acl == "private" ? std::string() : std::move(acl);
    return attributes;
}

bool asks_for_checksum(const Call& call) {
    return http::equal_ignoring_case(call.header("x-amz-checksum-mode"), "ENABLED");
}

Result<> check_overrides(const Call& call) {
    for (const auto& [name, value] : call.target.query) {
        if (name.starts_with("response-")) {
            if (call.claim.access_key_id.empty()) {
                return s3::s3_fail("InvalidRequest",
                                   "Request specific response headers cannot be used for anonymous "
                                   "GET requests.");
            }
            SLIPWAY_CHECK(check_header_value(name, value));
        }
    }
    return {};
}

void write_checksum(const objects::Checksum& checksum, http::Headers& headers) {
    headers.add(std::string(objects::header_name(checksum.algorithm)), checksum.value);
    headers.add("x-amz-checksum-type", std::string(checksum_type(objects::is_composite(checksum))));
}

void write_object_headers(const Call& call,
                          const objects::ObjectInfo& info,
                          bool partial,
                          http::Headers& headers) {
    headers.reserve(headers.size() + 8 + info.attributes.user_metadata.size());
    headers.add("ETag", quoted(info.etag));
    headers.add("Last-Modified", codec::http_date(info.last_modified));
    headers.add("Accept-Ranges", "bytes");
    write_kept_headers(call, info.attributes, headers);
    if (info.attributes.storage_class != "STANDARD" && !info.attributes.storage_class.empty()) {
        headers.add("x-amz-storage-class", info.attributes.storage_class);
    }
    if (!info.attributes.tagging.empty()) {
        headers.add("x-amz-tagging-count",
                    std::to_string(1 + std::ranges::count(info.attributes.tagging, '&')));
    }
    if (info.restoration) {
        write_restoration(*info.restoration, call.clock.now(), headers);
    }
    write_expiration(call, info, headers);
    for (const http::Header& entry : info.attributes.user_metadata) {
        headers.add(std::string(metadata_prefix) + entry.name, entry.value);
    }
    if (info.checksum && !partial && asks_for_checksum(call)) {
        write_checksum(*info.checksum, headers);
    }
}

std::string quoted(std::string_view etag) {
    std::string text;
    text.reserve(etag.size() + 2);
    text += '"';
    text += etag;
    text += '"';
    return text;
}

}  // namespace slipway::gateway
