// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "http/headers.h"
#include "http/range.h"
#include "objects/checksum.h"
#include "task/body.h"
#include "task/task.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
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
    /// The object's tags as x-amz-tagging has them: "team=a%20b&keep=1". Reading an object need not
    /// tell them; a store that keeps none refuses them (unsupported `NotImplemented`).
    std::string tagging;
    /// A canned ACL ("public-read"); empty: private. Reading an object need not tell it.
    std::string acl;
    /// x-amz-meta-*: names without the prefix, lower case, in the order sent.
    std::vector<http::Header> user_metadata;
    std::string storage_class = "STANDARD";

    friend bool operator==(const ObjectAttributes&, const ObjectAttributes&) = default;
};

/// A copy of an archived object (storage class GLACIER or DEEP_ARCHIVE) that can be read for a
/// time.
struct Restoration {
    Time ready{};  ///< readable from then on; before, it is being restored
    Time until{};

    friend bool operator==(const Restoration&, const Restoration&) = default;
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
    /// How many parts it was completed from; 0: put in one piece, or not known.
    unsigned parts_count = 0;
    /// Of an archived object, when it was asked for.
    std::optional<Restoration> restoration;
    /// By the store, with a key that makes the ETag no MD5 (SSE-KMS, SSE-C).
    bool encrypted = false;
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
    /// Set: the bytes of that part of an object that was completed from parts, instead of `range`;
    /// part 1 of any other object is all of it. Errors: invalid_argument `InvalidPartNumber`.
    unsigned part_number = 0;
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
    /// Set: these instead of the source's, whatever becomes of its other attributes.
    std::optional<std::string> tagging;
    /// The copy's own; a source's ACL is never copied. Not looked at with `attributes`.
    std::string acl;
    /// On what is there under the new key; if_match, if_none_match only.
    Conditions conditions;
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

/// An upload in parts that was begun and neither completed nor aborted.
struct MultipartUpload {
    std::string bucket;
    std::string key;
    std::string upload_id;

    friend bool operator==(const MultipartUpload&, const MultipartUpload&) = default;
};

struct CreateMultipartRequest {
    std::string bucket;
    std::string key;
    ObjectAttributes attributes;
    /// The algorithm of the checksums of the parts and, where can_be_full_object says so, of the
    /// whole object; else the object's is one over those of its parts.
    std::optional<ChecksumAlgorithm> checksum_algorithm;
    /// The object's checksum is to be one over those of its parts, whatever the algorithm.
    bool composite = false;
};

struct PutPartRequest {
    MultipartUpload upload;
    /// 1 to s3::parts_max; a number used before replaces that part.
    unsigned number = 1;
    /// Declared MD5 and SHA-256 (hex, of the payload as signed); empty: not declared.
    std::string content_md5;
    std::string content_sha256;
    /// As in PutRequest, of the part's bytes. Some stores (MinIO) take no part without one for an
    /// upload with an algorithm.
    std::optional<Checksum> checksum;
    /// Where the checksum has no value and the body can be read twice: how a store that wants the
    /// value before the bytes gets it. Reads them all; read() begins anew afterwards.
    std::function<Task<Checksum>()> read_checksum;
};

/// A part as the store has it.
struct PartInfo {
    unsigned number = 0;
    std::uint64_t size = 0;
    std::string etag;  ///< without quotes
    std::optional<Checksum> checksum;
    /// When it was stored; not every call tells.
    Time last_modified{};

    /// Whether the same was stored, whenever that was.
    friend bool operator==(const PartInfo& one, const PartInfo& other) {
        return one.number == other.number && one.size == other.size && one.etag == other.etag &&
               one.checksum == other.checksum;
    }
};

struct CompleteMultipartRequest {
    MultipartUpload upload;
    /// What the object is made of, by ascending number; parts not named are dropped. Their
    /// checksums are needed where the object's is one over them.
    std::vector<PartInfo> parts;
    /// Declared checksum of the whole object, verified by the store; can_be_full_object only.
    std::optional<Checksum> checksum;
    /// All parts together; the store refuses another sum. Nothing: the sender does not say.
    std::optional<std::uint64_t> size;
    /// if_match, if_none_match only.
    Conditions conditions;
};

struct ListPartsRequest {
    MultipartUpload upload;
    /// Parts up to and including this number are left out.
    unsigned number_marker = 0;
    unsigned parts_max = 1000;
};

struct ListPartsResult {
    std::vector<PartInfo> parts;
    bool truncated = false;
    /// With truncated: the `number_marker` of the next page.
    unsigned next_number_marker = 0;
};

struct ListMultipartUploadsRequest {
    std::string bucket;
    std::string prefix;
    /// As in ListRequest; not every store has it (unsupported `NotImplemented`).
    std::string delimiter;
    /// Uploads of keys up to and including this one are left out; with `upload_id_marker` those of
    /// this key that come after it are not.
    std::string key_marker;
    std::string upload_id_marker;
    unsigned uploads_max = 1000;
};

struct ListedMultipartUpload {
    MultipartUpload upload;
    Time initiated{};
    std::string storage_class = "STANDARD";
    std::optional<ChecksumAlgorithm> checksum_algorithm;
    bool composite = false;
};

struct ListMultipartUploadsResult {
    /// By key; those of one key in the order they were begun.
    std::vector<ListedMultipartUpload> uploads;
    std::vector<std::string> common_prefixes;
    bool truncated = false;
    /// With truncated: the markers of the next page.
    std::string next_key_marker;
    std::string next_upload_id_marker;
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

    /// Whether put() takes a body whose size nobody knows before its end. S3 does not.
    virtual bool takes_streams() const { return false; }

    /// Errors: not_found; precondition_failed; `NotModified` as code of precondition_failed for
    /// if_none_match and if_modified_since; invalid_argument `InvalidRange`.
    virtual Task<GetResult> get(const GetRequest& request) = 0;

    /// As get, without the body.
    virtual Task<ObjectInfo> head(const GetRequest& request) = 0;

    /// Deleting what is not there succeeds, as in S3.
    virtual Task<> remove(std::string_view bucket, std::string_view key) = 0;

    /// As remove for each key, at most s3::delete_objects_max of them: what came of each, in their
    /// order. In one request where the store has one for that; here one after the other.
    /// Errors: of the request as a whole; unsupported `NotImplemented` or `MethodNotAllowed` where
    /// the store turns out to have none.
    virtual Task<std::vector<Result<>>> remove_many(std::string_view bucket,
                                                    std::span<const std::string> keys);

    virtual Task<ObjectInfo> copy(const CopyRequest& request) = 0;

    /// Keys in order of their UTF-8 bytes.
    virtual Task<ListResult> list(const ListRequest& request) = 0;

    /// Errors: already_exists `BucketAlreadyOwnedByYou`; invalid_argument `InvalidBucketName`.
    virtual Task<> create_bucket(std::string_view bucket) = 0;
    virtual Task<BucketInfo> head_bucket(std::string_view bucket) = 0;
    /// Errors: `BucketNotEmpty` as code of precondition_failed.
    virtual Task<> remove_bucket(std::string_view bucket) = 0;
    virtual Task<std::vector<BucketInfo>> list_buckets() = 0;

    /// Begins an upload in parts. Nothing of it is seen under the key before it is completed, and
    /// its parts take room until it is completed or aborted. A store without such uploads answers
    /// unsupported `NotImplemented` to this and to the calls below.
    /// Errors: as put for key and attributes.
    virtual Task<MultipartUpload> create_multipart(const CreateMultipartRequest& request) = 0;

    /// Stores one part; any number of parts at once, in any order. Answers what the store says it
    /// has: comparing the checksum with one's own is the caller's part of the proof.
    /// Errors: those of put; not_found `NoSuchUpload`; invalid_argument `InvalidArgument` for the
    /// number, `InvalidRequest` for a checksum of another algorithm than the upload's.
    virtual Task<PartInfo> put_part(const PutPartRequest& request, BodyReader& body) = 0;

    /// Makes the object of its parts, replacing what is there under the key, in one step. Having
    /// failed it may be called again, or the upload aborted.
    /// Errors: not_found `NoSuchUpload`; invalid_argument `InvalidPart` (none of that number and
    /// ETag), `InvalidPartOrder`, `EntityTooSmall` (a part but the last below s3::part_bytes_min),
    /// `InvalidRequest` (another size; a part's checksum missing); invalid_argument for no part;
    /// corrupted `BadDigest`; precondition_failed.
    virtual Task<ObjectInfo> complete_multipart(const CompleteMultipartRequest& request) = 0;

    /// Drops the upload and its parts; one that is not there is dropped already. A part that was
    /// on its way may stay: list_parts tells.
    virtual Task<> abort_multipart(const MultipartUpload& upload) = 0;

    /// The parts there are, by number. Errors: not_found `NoSuchUpload`.
    virtual Task<ListPartsResult> list_parts(const ListPartsRequest& request) = 0;

    /// The uploads of a bucket that were begun and neither completed nor aborted.
    virtual Task<ListMultipartUploadsResult> list_multipart_uploads(
        const ListMultipartUploadsRequest& request) = 0;
};

}  // namespace slipway::objects
