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

Task<http::Response> list_buckets(Call& call);            // service_get.cpp
Task<http::Response> create_bucket(Call& call);           // bucket_put.cpp
Task<http::Response> head_bucket(Call& call);             // bucket_head.cpp
Task<http::Response> delete_bucket(Call& call);           // bucket_delete.cpp
Task<http::Response> get_bucket_location(Call& call);     // bucket_location_get.cpp
Task<http::Response> get_bucket_versioning(Call& call);   // bucket_versioning_get.cpp
Task<http::Response> get_bucket_acl(Call& call);          // acl_get.cpp
Task<http::Response> put_bucket_acl(Call& call);          // acl_put.cpp
Task<http::Response> get_object_acl(Call& call);          // acl_get.cpp
Task<http::Response> put_object_acl(Call& call);          // acl_put.cpp
Task<http::Response> get_bucket_cors(Call& call);         // bucket_setting.cpp
Task<http::Response> put_bucket_cors(Call& call);         // bucket_setting.cpp
Task<http::Response> delete_bucket_cors(Call& call);      // bucket_setting.cpp
Task<http::Response> get_lifecycle(Call& call);           // bucket_setting.cpp
Task<http::Response> put_lifecycle(Call& call);           // bucket_setting.cpp
Task<http::Response> delete_lifecycle(Call& call);        // bucket_setting.cpp
Task<http::Response> get_ownership(Call& call);           // bucket_setting.cpp
Task<http::Response> put_ownership(Call& call);           // bucket_setting.cpp
Task<http::Response> delete_ownership(Call& call);        // bucket_setting.cpp
Task<http::Response> get_access_block(Call& call);        // bucket_setting.cpp
Task<http::Response> put_access_block(Call& call);        // bucket_setting.cpp
Task<http::Response> delete_access_block(Call& call);     // bucket_setting.cpp
Task<http::Response> get_bucket_tagging(Call& call);      // bucket_setting.cpp
Task<http::Response> put_bucket_tagging(Call& call);      // bucket_setting.cpp
Task<http::Response> delete_bucket_tagging(Call& call);   // bucket_setting.cpp
Task<http::Response> get_bucket_policy(Call& call);       // bucket_unset_get.cpp
Task<http::Response> get_bucket_encryption(Call& call);   // bucket_unset_get.cpp
Task<http::Response> get_bucket_website(Call& call);      // bucket_unset_get.cpp
Task<http::Response> get_bucket_replication(Call& call);  // bucket_unset_get.cpp
Task<http::Response> get_object_lock(Call& call);         // bucket_unset_get.cpp
Task<http::Response> get_accelerate(Call& call);          // bucket_unset_get.cpp
Task<http::Response> get_bucket_logging(Call& call);      // bucket_unset_get.cpp
Task<http::Response> get_notification(Call& call);        // bucket_unset_get.cpp
Task<http::Response> get_payer(Call& call);               // bucket_unset_get.cpp
Task<http::Response> post_object(Call& call);             // bucket_post.cpp
Task<http::Response> list_objects(Call& call);            // bucket_get.cpp, both versions
Task<http::Response> delete_objects(Call& call);          // bucket_delete_post.cpp
Task<http::Response> put_object(Call& call);              // object_put.cpp
Task<http::Response> get_object(Call& call);              // object_get.cpp
Task<http::Response> head_object(Call& call);             // object_head.cpp
Task<http::Response> delete_object(Call& call);           // object_delete.cpp
Task<http::Response> copy_object(Call& call);             // object_copy_put.cpp

Task<http::Response> list_multipart_uploads(Call& call);     // bucket_uploads_get.cpp
Task<http::Response> put_bucket_versioning(Call& call);      // bucket_versioning_put.cpp
Task<http::Response> list_object_versions(Call& call);       // bucket_versions_get.cpp
Task<http::Response> get_object_attributes(Call& call);      // object_attributes_get.cpp
Task<http::Response> restore_object(Call& call);             // object_restore_post.cpp
Task<http::Response> delete_object_tagging(Call& call);      // object_tagging_delete.cpp
Task<http::Response> get_object_tagging(Call& call);         // object_tagging_get.cpp
Task<http::Response> put_object_tagging(Call& call);         // object_tagging_put.cpp
Task<http::Response> create_multipart_upload(Call& call);    // object_uploads_post.cpp
Task<http::Response> upload_part(Call& call);                // object_part_put.cpp
Task<http::Response> upload_part_copy(Call& call);           // object_part_copy_put.cpp
Task<http::Response> list_parts(Call& call);                 // object_upload_get.cpp
Task<http::Response> complete_multipart_upload(Call& call);  // object_upload_post.cpp
Task<http::Response> abort_multipart_upload(Call& call);     // object_upload_delete.cpp

}  // namespace slipway::gateway
