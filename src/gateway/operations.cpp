// SPDX-License-Identifier: Apache-2.0
#include "gateway/operations.h"

#include "s3/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace slipway::gateway {
namespace {

using http::Method;

enum class Resource { service, bucket, object };

struct Row {
    Method method;
    Resource resource;
    std::string_view
        subresource;  ///< the query parameter that names it; empty: the resource itself
    Operation operation;
};

// What this store does. Multipart uploads take their lines here: POST ?uploads, PUT and DELETE
// ?uploadId, and so on.
constexpr std::array rows = {
    Row{Method::get, Resource::service, "", {"ListBuckets", Access::read, list_buckets}},
    Row{Method::put, Resource::bucket, "", {"CreateBucket", Access::write, create_bucket}},
    Row{Method::head, Resource::bucket, "", {"HeadBucket", Access::read, head_bucket}},
    Row{Method::delete_, Resource::bucket, "", {"DeleteBucket", Access::write, delete_bucket}},
    Row{Method::get, Resource::bucket, "", {"ListObjects", Access::read, list_objects}},
    Row{Method::get,
        Resource::bucket,
        "location",
        {"GetBucketLocation", Access::read, get_bucket_location}},
    Row{Method::get,
        Resource::bucket,
        "versioning",
        {"GetBucketVersioning", Access::read, get_bucket_versioning}},
    Row{Method::post, Resource::bucket, "delete", {"DeleteObjects", Access::write, delete_objects}},
    Row{Method::put, Resource::object, "", {"PutObject", Access::write, put_object}},
    Row{Method::get, Resource::object, "", {"GetObject", Access::read, get_object}},
    Row{Method::head, Resource::object, "", {"HeadObject", Access::read, head_object}},
    Row{Method::delete_, Resource::object, "", {"DeleteObject", Access::write, delete_object}},
};

constexpr Operation copy_operation{"CopyObject", Access::write, copy_object};

// What a query can name besides the resource itself ("Actions" of the Amazon S3 API reference,
// checked 2026-11). A request for one of these that has no row above is refused: to answer it as if
// the parameter were not there would be a wrong success.
constexpr std::array<std::string_view, 38> subresources = {
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
};

std::string_view subresource_of(const s3::S3Target& target) {
    for (const auto& [name, value] : target.query) {
        if (std::ranges::find(subresources, name) != subresources.end() || name == "website") {
            return name;
        }
    }
    return {};
}

std::string_view to_string(Resource resource) {
    switch (resource) {
        case Resource::service:
            return "the service";
        case Resource::bucket:
            return "a bucket";
        case Resource::object:
            break;
    }
    return "an object";
}

}  // namespace

Result<Operation> choose_operation(const http::Request& request, const s3::S3Target& target) {
    const Resource resource = target.bucket.empty() ? Resource::service
                              : target.key.empty()  ? Resource::bucket
                                                    : Resource::object;
    const std::string_view subresource = subresource_of(target);
    for (const Row& row : rows) {
        if (row.method == request.method && row.resource == resource &&
            row.subresource == subresource) {
            return row.method == Method::put && resource == Resource::object &&
                           request.headers.has("x-amz-copy-source")
                       ? copy_operation
                       : row.operation;
        }
    }
    if (!subresource.empty()) {
        return s3::s3_fail(
            "NotImplemented",
            fmt::format("{} of \"{}\" on {} is not implemented here.",
                        http::to_string(request.method), subresource, to_string(resource)));
    }
    if (request.method == Method::post && resource == Resource::bucket) {
        return s3::s3_fail("NotImplemented",
                           "Uploading with an HTML form (POST) is not implemented here.");
    }
    return s3::s3_fail("MethodNotAllowed");
}

}  // namespace slipway::gateway
