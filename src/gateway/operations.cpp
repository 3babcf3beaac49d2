// SPDX-License-Identifier: Apache-2.0
#include "gateway/operations.h"

#include "s3/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace slipway::gateway {
namespace {

using http::Method;
using enum http::Method;
using enum Access;

enum class Resource { service, bucket, object };
using enum Resource;

struct Row {
    Method method;
    Resource resource;
    /// The query parameter that names it; empty: the resource itself.
    std::string_view subresource;
    /// Only with this header; empty: with any. Such a row stands before the one without.
    std::string_view header;
    Operation operation;
};

// What this store does: one line each, by resource, subresource, method.
// clang-format off
constexpr auto rows = std::to_array<Row>({
    {get,     service, "",           "", {"ListBuckets", read, list_buckets}},

    {delete_, bucket,  "",                  "", {"DeleteBucket", write, delete_bucket}},
    {get,     bucket,  "",                  "", {"ListObjects", read, list_objects}},
    {head,    bucket,  "",                  "", {"HeadBucket", read, head_bucket}},
    {post,    bucket,  "",                  "", {"PostObject", write, post_object}},
    {put,     bucket,  "",                  "", {"CreateBucket", write, create_bucket}},
    {get, bucket, "accelerate", "", {"GetBucketAccelerateConfiguration", read, get_accelerate}},
    {get,     bucket,  "acl",               "", {"GetBucketAcl", read, get_bucket_acl}},
    {put,     bucket,  "acl",               "", {"PutBucketAcl", write, put_bucket_acl}},
    {delete_, bucket,  "cors",              "", {"DeleteBucketCors", write, delete_bucket_cors}},
    {get,     bucket,  "cors",              "", {"GetBucketCors", read, get_bucket_cors}},
    {put,     bucket,  "cors",              "", {"PutBucketCors", write, put_bucket_cors}},
    {post,    bucket,  "delete",            "", {"DeleteObjects", write, delete_objects}},
    {get, bucket, "encryption", "", {"GetBucketEncryption", read, get_bucket_encryption}},
    {delete_, bucket, "lifecycle", "", {"DeleteBucketLifecycle", write, delete_lifecycle}},
    {get, bucket, "lifecycle", "", {"GetBucketLifecycleConfiguration", read, get_lifecycle}},
    {put, bucket, "lifecycle", "", {"PutBucketLifecycleConfiguration", write, put_lifecycle}},
    {get,     bucket,  "location",          "", {"GetBucketLocation", read, get_bucket_location}},
    {get,     bucket,  "logging",           "", {"GetBucketLogging", read, get_bucket_logging}},
    {get, bucket, "notification", "", 
     {"GetBucketNotificationConfiguration", read, get_notification}},
    {get, bucket, "object-lock", "", {"GetObjectLockConfiguration", read, get_object_lock}},
    {delete_, bucket, "ownershipControls", "", 
     {"DeleteBucketOwnershipControls", write, delete_ownership}},
    {get, bucket, "ownershipControls", "", {"GetBucketOwnershipControls", read, get_ownership}},
    {put, bucket, "ownershipControls", "", {"PutBucketOwnershipControls", write, put_ownership}},
    {get,     bucket,  "policy",            "", {"GetBucketPolicy", read, get_bucket_policy}},
    {get,     bucket,  "policyStatus",      "", {"GetBucketPolicyStatus", read, get_bucket_policy}},
    {delete_, bucket, "publicAccessBlock", "", 
     {"DeletePublicAccessBlock", write, delete_access_block}},
    {get, bucket, "publicAccessBlock", "", {"GetPublicAccessBlock", read, get_access_block}},
    {put, bucket, "publicAccessBlock", "", {"PutPublicAccessBlock", write, put_access_block}},
    {get, bucket, "replication", "", {"GetBucketReplication", read, get_bucket_replication}},
    {get, bucket, "requestPayment", "", {"GetBucketRequestPayment", read, get_payer}},
    {delete_, bucket, "tagging", "", {"DeleteBucketTagging", write, delete_bucket_tagging}},
    {get,     bucket,  "tagging",           "", {"GetBucketTagging", read, get_bucket_tagging}},
    {put,     bucket,  "tagging",           "", {"PutBucketTagging", write, put_bucket_tagging}},
    {get, bucket, "uploads", "", {"ListMultipartUploads", read, list_multipart_uploads}},
    {get, bucket, "versioning", "", {"GetBucketVersioning", read, get_bucket_versioning}},
    {put, bucket, "versioning", "", {"PutBucketVersioning", write, put_bucket_versioning}},
    {get,     bucket,  "versions",          "", {"ListObjectVersions", read, list_object_versions}},
    {get,     bucket,  "website",           "", {"GetBucketWebsite", read, get_bucket_website}},

    {delete_, object,  "",           "", {"DeleteObject", write, delete_object}},
    {get,     object,  "",           "", {"GetObject", read, get_object}},
    {head,    object,  "",           "", {"HeadObject", read, head_object}},
    {put,     object,  "",           "x-amz-copy-source", {"CopyObject", write, copy_object}},
    {put,     object,  "",           "", {"PutObject", write, put_object}},
    {get,     object,  "acl",        "", {"GetObjectAcl", read, get_object_acl}},
    {put,     object,  "acl",        "", {"PutObjectAcl", write, put_object_acl}},
    {get,     object,  "attributes", "", {"GetObjectAttributes", read, get_object_attributes}},
    {get,     object,  "partNumber", "", {"GetObject", read, get_object}},
    {head,    object,  "partNumber", "", {"HeadObject", read, head_object}},
    {post,    object,  "restore",    "", {"RestoreObject", write, restore_object}},
    {delete_, object,  "tagging",    "", {"DeleteObjectTagging", write, delete_object_tagging}},
    {get,     object,  "tagging",    "", {"GetObjectTagging", read, get_object_tagging}},
    {put,     object,  "tagging",    "", {"PutObjectTagging", write, put_object_tagging}},
    {delete_, object,  "uploadId",   "", {"AbortMultipartUpload", write, abort_multipart_upload}},
    {get,     object,  "uploadId",   "", {"ListParts", read, list_parts}},
    {post, object, "uploadId", "", {"CompleteMultipartUpload", write, complete_multipart_upload}},
    {put, object, "uploadId", "x-amz-copy-source", {"UploadPartCopy", write, upload_part_copy}},
    {put,     object,  "uploadId",   "", {"UploadPart", write, upload_part}},
    {post,    object,  "uploads",    "", {"CreateMultipartUpload", write, create_multipart_upload}},
});
// clang-format on

std::string_view subresource_of(const s3::S3Target& target) {
    std::string_view found;
    for (const auto& [name, value] : target.query) {
        if (!s3::is_subresource(name)) {
            continue;
        }
        if (name != "partNumber") {
            return name;
        }
        found = name;  // says something of uploadId, and of the object where there is none
    }
    return found;
}

/// Whether the header is there, or in the query of a presigned URL in its place. A query of another
/// kind of request says nothing, but then the operation finds that out, and refuses.
bool says(const http::Request& request, const s3::S3Target& target, std::string_view header) {
    return request.headers.has(header) || std::ranges::any_of(target.query, [&](const auto& pair) {
               return http::equal_ignoring_case(pair.first, header);
           });
}

std::string_view to_string(Resource resource) {
    switch (resource) {
        case service:
            return "the service";
        case bucket:
            return "a bucket";
        case object:
            break;
    }
    return "an object";
}

}  // namespace

Result<Operation> choose_operation(const http::Request& request, const s3::S3Target& target) {
    const Resource resource = target.bucket.empty() ? service
                              : target.key.empty()  ? bucket
                                                    : object;
    const std::string_view subresource = subresource_of(target);
    for (const Row& row : rows) {
        if (row.method == request.method && row.resource == resource &&
            row.subresource == subresource &&
            (row.header.empty() || says(request, target, row.header))) {
            return row.operation;
        }
    }
    if (!subresource.empty()) {
        return s3::s3_fail(
            "NotImplemented",
            fmt::format("{} of \"{}\" on {} is not implemented here.",
                        http::to_string(request.method), subresource, to_string(resource)));
    }
    return s3::s3_fail("MethodNotAllowed");
}

}  // namespace slipway::gateway
