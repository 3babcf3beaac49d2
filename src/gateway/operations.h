// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/access_keys.h"
#include "gateway/call.h"
#include "http/message.h"
#include "s3/target.h"
#include "task/task.h"

#include <string_view>

namespace slipway::gateway {

/// One thing that S3 can be asked for.
struct Operation {
    std::string_view name;  ///< "PutObject", as Amazon names it
    Access access = Access::write;
    Task<http::Response> (*run)(Call& call) = nullptr;
};

/// The operation a request asks for, by method, resource and query.
/// Errors: unsupported `NotImplemented` naming what S3 has and this store does not;
/// `MethodNotAllowed` for what S3 has not either.
Result<Operation> choose_operation(const http::Request& request, const s3::S3Target& target);

// The operations, each in the file named after resource and method.

Task<http::Response> list_buckets(Call& call);           // service_get.cpp
Task<http::Response> create_bucket(Call& call);          // bucket_put.cpp
Task<http::Response> head_bucket(Call& call);            // bucket_head.cpp
Task<http::Response> delete_bucket(Call& call);          // bucket_delete.cpp
Task<http::Response> get_bucket_location(Call& call);    // bucket_location_get.cpp
Task<http::Response> get_bucket_versioning(Call& call);  // bucket_versioning_get.cpp
Task<http::Response> list_objects(Call& call);           // bucket_get.cpp, both versions
Task<http::Response> delete_objects(Call& call);         // bucket_delete_post.cpp
Task<http::Response> put_object(Call& call);             // object_put.cpp
Task<http::Response> get_object(Call& call);             // object_get.cpp
Task<http::Response> head_object(Call& call);            // object_head.cpp
Task<http::Response> delete_object(Call& call);          // object_delete.cpp
Task<http::Response> copy_object(Call& call);            // object_copy_put.cpp

}  // namespace slipway::gateway
