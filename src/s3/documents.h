// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"
#include "s3/owner.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The XML documents of S3, each with its writer (the gateway's side) and parser (the client's) or
/// the other way round. Parsers ignore elements they do not know.
namespace slipway::s3 {

// --- ListBuckets ---------------------------------------------------------------------------------

struct ListedBucket {
    std::string name;
    Time created{};
    friend bool operator==(const ListedBucket&, const ListedBucket&) = default;
};

struct ListBucketsResult {
    Owner owner;
    std::vector<ListedBucket> buckets;
    std::string prefix = {};
    /// Of the next page; empty: there is none.
    std::string continuation_token = {};
    friend bool operator==(const ListBucketsResult&, const ListBucketsResult&) = default;
};

std::string list_buckets_xml(const ListBucketsResult& result);
Result<ListBucketsResult> parse_list_buckets(std::string_view body);

// --- ListObjects, ListObjectsV2 ------------------------------------------------------------------

struct ListedObject {
    std::string key;
    Time last_modified{};
    std::string etag;  ///< without quotes
    std::uint64_t size = 0;
    std::string storage_class = "STANDARD";
    std::string checksum_algorithm;  ///< "CRC32C"; empty: none
    std::string checksum_type = {};  ///< "FULL_OBJECT", "COMPOSITE"
    friend bool operator==(const ListedObject&, const ListedObject&) = default;
};

/// A page of a listing. Texts are plain here; with `url_encoded` all but the prefix of version 1
/// are percent-encoded in the document, which is the only way for a key with control characters to
/// travel.
struct ListObjectsResult {
    int version = 2;  ///< 1: ListObjects, with marker and next_marker
    std::string bucket;
    std::string prefix;
    std::string delimiter;
    unsigned keys_max = 1000;
    bool url_encoded = false;
    bool truncated = false;
    std::string start_after;                        // version 2
    std::optional<std::string> continuation_token;  // version 2; as it came, never encoded
    std::string next_continuation_token;            // version 2
    std::string marker;                             // version 1
    std::string next_marker;                        // version 1
    /// Set: shown with every object (version 1, or fetch-owner).
    Owner owner;
    std::vector<ListedObject> objects;
    std::vector<std::string> common_prefixes;
    friend bool operator==(const ListObjectsResult&, const ListObjectsResult&) = default;
};

std::string list_objects_xml(const ListObjectsResult& result);
/// Reads both versions and undoes encoding-type=url.
Result<ListObjectsResult> parse_list_objects(std::string_view body);

// --- DeleteObjects -------------------------------------------------------------------------------

struct DeleteEntry {
    std::string key;
    std::string version_id;
    std::string etag;  ///< condition, with or without quotes
    /// Conditions that only directory buckets have, as they are written.
    std::string last_modified_time = {};
    std::string size = {};
    friend bool operator==(const DeleteEntry&, const DeleteEntry&) = default;
};

struct DeleteRequest {
    std::vector<DeleteEntry> entries;
    bool quiet = false;  ///< answer names failures only
    friend bool operator==(const DeleteRequest&, const DeleteRequest&) = default;
};

std::string delete_request_xml(const DeleteRequest& request);
/// Errors: invalid_argument `MalformedXML`, also for no entry or more than delete_objects_max.
Result<DeleteRequest> parse_delete_request(std::string_view body);

struct DeleteFailure {
    std::string key;
    std::string code;
    std::string message;
    friend bool operator==(const DeleteFailure&, const DeleteFailure&) = default;
};

struct DeleteResult {
    std::vector<std::string> deleted;
    std::vector<DeleteFailure> failures;
    friend bool operator==(const DeleteResult&, const DeleteResult&) = default;
};

std::string delete_result_xml(const DeleteResult& result);
Result<DeleteResult> parse_delete_result(std::string_view body);

// --- CopyObject ----------------------------------------------------------------------------------

struct CopyObjectResult {
    std::string etag;  ///< without quotes
    Time last_modified{};
    std::string checksum_algorithm;  ///< "CRC64NVME"; empty: none
    std::string checksum_value;      ///< base64
    friend bool operator==(const CopyObjectResult&, const CopyObjectResult&) = default;
};

std::string copy_object_xml(const CopyObjectResult& result);
/// A copy may answer 200 and then an Error document: that is the Error returned.
Result<CopyObjectResult> parse_copy_object(std::string_view body);

// --- buckets -------------------------------------------------------------------------------------

/// Body of CreateBucket: the region asked for, empty for none. An empty body asks for none.
Result<std::string> parse_create_bucket(std::string_view body);
std::string create_bucket_xml(std::string_view region);
/// Answer of GetBucketLocation; us-east-1 is written as nothing, as S3 does.
std::string bucket_location_xml(std::string_view region);

}  // namespace slipway::s3
