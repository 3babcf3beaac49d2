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

    {delete_, bucket,  "",           "", {"DeleteBucket", write, delete_bucket}},
    {get,     bucket,  "",           "", {"ListObjects", read, list_objects}},
    {head,    bucket,  "",           "", {"HeadBucket", read, head_bucket}},
    {put,     bucket,  "",           "", {"CreateBucket", write, create_bucket}},
    {post,    bucket,  "delete",     "", {"DeleteObjects", write, delete_objects}},
    {get,     bucket,  "location",   "", {"GetBucketLocation", read, get_bucket_location}},
    {get,     bucket,  "versioning", "", {"GetBucketVersioning", read, get_bucket_versioning}},

    {delete_, object,  "",           "", {"DeleteObject", write, delete_object}},
    {get,     object,  "",           "", {"GetObject", read, get_object}},
    {head,    object,  "",           "", {"HeadObject", read, head_object}},
    {put,     object,  "",           "x-amz-copy-source", {"CopyObject", write, copy_object}},
    {put,     object,  "",           "", {"PutObject", write, put_object}},
});
// clang-format on

// What a query can name besides the resource itself ("Actions" of the Amazon S3 API reference,
// checked 2026-11). A request for one of these that has no row above is refused: to answer it as if
// the parameter were not there would be a wrong success.
constexpr auto subresources = std::to_array<std::string_view>({
    "abac",
    "accelerate",
    "acl",
    "analytics",
    "append",
    "attributes",
    "cors",
    "delete",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "lifecycle",
    "location",
    "logging",
    "metadataConfiguration",
    "metadataTable",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "partNumber",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "renameObject",
    "replication",
    "requestPayment",
    "restore",
    "retention",
    "select",
    "session",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versioning",
    "versions",
    "website",
});

std::string_view subresource_of(const s3::S3Target& target) {
    std::string_view found;
    for (const auto& [name, value] : target.query) {
        if (std::ranges::find(subresources, name) == subresources.end()) {
            continue;
        }
        if (name != "partNumber") {
            return name;
        }
        found = name;  // says something of uploadId, and of the object where there is none
    }
    return found;
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
            (row.header.empty() || request.headers.has(row.header))) {
            return row.operation;
        }
    }
    if (!subresource.empty()) {
        return s3::s3_fail(
            "NotImplemented",
            fmt::format("{} of \"{}\" on {} is not implemented here.",
                        http::to_string(request.method), subresource, to_string(resource)));
    }
    if (request.method == post && resource == bucket) {
        return s3::s3_fail("NotImplemented",
                           "Uploading with an HTML form (POST) is not implemented here.");
    }
    return s3::s3_fail("MethodNotAllowed");
}

}  // namespace slipway::gateway
