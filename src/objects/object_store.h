// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "http/headers.h"
#include "http/range.h"
#include "objects/checksum.h"
#include "task/body.h"
#include "task/task.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::objects {

/// What a client says about an object and gets back as it said it.
struct ObjectAttributes {
    std::string content_type;  ///< empty: binary/octet-stream, S3's default
    std::string cache_control;
    std::string content_disposition;
    std::string content_encoding;
    std::string content_language;
    std::string expires;
    /// x-amz-meta-*: names without the prefix, lower case, in the order sent.
    std::vector<http::Header> user_metadata;
    std::string storage_class = "STANDARD";

    friend bool operator==(const ObjectAttributes&, const ObjectAttributes&) = default;
};

/// What a store knows of an object.
struct ObjectInfo {
    std::string key;
    std::uint64_t size = 0;
    /// Without quotes: the MD5 in hex of a plain PUT.
    std::string etag;
    Time last_modified{};
    ObjectAttributes attributes;
    /// The checksum the object was stored with, if any.
    std::optional<Checksum> checksum;
};

/// Conditions on what is there; a condition that does not hold is precondition_failed
/// (`PreconditionFailed`), or for reads of an unchanged object not_modified below.
struct Conditions {
    std::string if_match;                   ///< an ETag without quotes, or "*"; empty: no condition
    std::string if_none_match;              ///< the same; several are separated by commas
    std::optional<Time> if_modified_since;  // compared in whole seconds
    std::optional<Time> if_unmodified_since;  // likewise

    bool none() const {
        return if_match.empty() && if_none_match.empty() && !if_modified_since &&
               !if_unmodified_since;
    }
};

struct PutRequest {
    std::string bucket;
    std::string key;
    ObjectAttributes attributes;
    /// Declared MD5 (hex) and SHA-256 (hex, of the payload as signed); empty: not declared.
    std::string content_md5;
    std::string content_sha256;
    /// Declared checksum: verified and remembered. With an empty value it is computed and
    /// remembered.
    std::optional<Checksum> checksum;
    /// if_match, if_none_match only.
    Conditions conditions;
};

using ByteRange = http::ByteRange;

struct GetRequest {
    std::string bucket;
    std::string key;
    std::optional<ByteRange> range;
    Conditions conditions;
};

struct GetResult {
    ObjectInfo info;
    /// The bytes asked for: [offset, offset + length) of the object.
    Body body;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    bool partial = false;
};

struct CopyRequest {
    std::string source_bucket;
    std::string source_key;
    Conditions source_conditions;
    std::string bucket;
    std::string key;
    /// Set: replaces the source's attributes (x-amz-metadata-directive: REPLACE).
    std::optional<ObjectAttributes> attributes;
    /// Set: a class of its own although the other attributes are the source's.
    std::string storage_class;
    /// Set: compute and remember this checksum instead of the source's.
    std::optional<ChecksumAlgorithm> checksum_algorithm;
};

struct ListRequest {
    std::string bucket;
    std::string prefix;
    std::string delimiter;
    /// Names up to and including this one are left out.
    std::string start_after;
    unsigned keys_max = 1000;
};

struct ListResult {
    std::vector<ObjectInfo> objects;  ///< attributes hold only the storage class
    std::vector<std::string> common_prefixes;
    bool truncated = false;
    /// With truncated: the `start_after` of the next page (the last key or common prefix).
    std::string next_start_after;
};

struct BucketInfo {
    std::string name;
    Time created{};
};

/// Where objects live: S3 over the network (client), on local disk (store), or a test double.
///
/// One conformance suite (tests/conformance) holds for all of them. Calls may come from any I/O
/// thread and answer there. Every call may fail with unavailable, timeout, permission_denied, io,
/// no_space; a missing bucket is not_found with code NoSuchBucket, a missing object not_found with
/// code NoSuchKey. An object is visible only when it is whole and durable; a failed or cancelled
/// put leaves what was there before.
class ObjectStore {
  public:
    virtual ~ObjectStore() = default;

    /// Stores what `body` brings under the key, replacing what is there.
    /// Errors: invalid_argument `BadDigest`, `XAmzContentSHA256Mismatch`, `InvalidDigest`;
    /// invalid_argument `IncompleteBody` when the body ends before its declared size;
    /// `EntityTooLarge`; precondition_failed; and those of the body, e.g. cancelled.
    virtual Task<ObjectInfo> put(const PutRequest& request, BodyReader& body) = 0;

    /// Errors: not_found; precondition_failed; `NotModified` as code of precondition_failed for
    /// if_none_match and if_modified_since; invalid_argument `InvalidRange`.
    virtual Task<GetResult> get(const GetRequest& request) = 0;

    /// As get, without the body.
    virtual Task<ObjectInfo> head(const GetRequest& request) = 0;

    /// Deleting what is not there succeeds, as in S3.
    virtual Task<> remove(std::string_view bucket, std::string_view key) = 0;

    virtual Task<ObjectInfo> copy(const CopyRequest& request) = 0;

    /// Keys in order of their UTF-8 bytes.
    virtual Task<ListResult> list(const ListRequest& request) = 0;

    /// Errors: already_exists `BucketAlreadyOwnedByYou`; invalid_argument `InvalidBucketName`.
    virtual Task<> create_bucket(std::string_view bucket) = 0;
    virtual Task<BucketInfo> head_bucket(std::string_view bucket) = 0;
    /// Errors: `BucketNotEmpty` as code of precondition_failed.
    virtual Task<> remove_bucket(std::string_view bucket) = 0;
    virtual Task<std::vector<BucketInfo>> list_buckets() = 0;
};

}  // namespace slipway::objects
