// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "objects/object_store.h"
#include "task/task.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::objects {

/// What can be set of a bucket. The store keeps the text, and who offers the setting (gateway)
/// knows what it means; the store itself reads `lifecycle` alone (s3/lifecycle.h).
enum class BucketSetting { acl, cors, lifecycle, ownership_controls, public_access_block, tagging };

/// The settings of a bucket that are set. Immutable once shared: who holds one sees one state.
using BucketSettings = std::map<BucketSetting, std::string>;

/// A part of an upload made of bytes that the store has already (UploadPartCopy).
struct CopyPartRequest {
    MultipartUpload upload;
    unsigned number = 1;
    std::string source_bucket;
    std::string source_key;
    Conditions source_conditions;
    /// Both ends given, within the source: unlike in a GET anything else is an error
    /// (objects/conditions.h). Empty: all of it.
    std::optional<ByteRange> range;
};

struct CopyPartResult {
    PartInfo part;
    Time last_modified{};
};

/// What an upload in parts was begun with.
struct MultipartUploadInfo {
    MultipartUpload upload;
    Time initiated{};
    ObjectAttributes attributes;
    std::optional<ChecksumAlgorithm> checksum_algorithm;
    bool composite = false;
};

/// Asks for the parts that an object was completed from (GetObjectAttributes).
struct ObjectPartsRequest {
    std::string bucket;
    std::string key;
    unsigned number_marker = 0;
    unsigned parts_max = 1000;
};

struct ObjectPartsResult {
    ObjectInfo info;
    /// Nothing for an object that was put in one piece. Etags are not kept.
    std::vector<PartInfo> parts;
    bool truncated = false;
    unsigned next_number_marker = 0;
};

/// What can be changed of an object without storing it anew; its bytes, ETag and time stay.
/// What is not set stays as it is.
struct ObjectChange {
    std::optional<std::string> tagging;
    std::optional<std::string> acl;
    std::optional<Restoration> restoration;
};

/// An ObjectStore that clients speak to through a gateway: what S3 offers besides storing and
/// reading. `store` and the double in memory are such; S3 over the network needs none of it.
class HostedStore : public ObjectStore {
  public:
    /// As remove, if what is there satisfies `conditions` (if_match only).
    /// Errors: precondition_failed; not_found `NoSuchKey` for if_match on nothing.
    virtual Task<> remove_if(std::string_view bucket,
                             std::string_view key,
                             const Conditions& conditions) = 0;

    /// Errors: those of put_part; those of get for the source; invalid_argument `InvalidArgument`
    /// for a range without both ends, `InvalidRange` for one that is not all within the source.
    virtual Task<CopyPartResult> copy_part(const CopyPartRequest& request) = 0;

    /// Errors: not_found `NoSuchUpload`.
    virtual Task<MultipartUploadInfo> find_multipart(const MultipartUpload& upload) = 0;

    /// Errors: those of head.
    virtual Task<ObjectPartsResult> list_object_parts(const ObjectPartsRequest& request) = 0;

    /// Changes the object that is there, durably. Answers it as it is now.
    /// Errors: not_found.
    virtual Task<ObjectInfo> change_object(std::string_view bucket,
                                           std::string_view key,
                                           const ObjectChange& change) = 0;

    /// Every setting of a bucket; never null. Cost: a lookup in memory.
    virtual Result<std::shared_ptr<const BucketSettings>> bucket_settings(
        std::string_view bucket) const = 0;

    /// Sets one, durably; nothing: it is not set any more.
    virtual Task<> change_bucket(std::string_view bucket,
                                 BucketSetting setting,
                                 std::optional<std::string> value) = 0;
};

}  // namespace slipway::objects
