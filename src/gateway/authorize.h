// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/acl.h"
#include "gateway/call.h"
#include "gateway/operations.h"
#include "task/task.h"

#include <memory>
#include <string>
#include <string_view>

namespace slipway::gateway {

/// What lets a request through that no key of the bucket's stands behind.
struct Permission {
    /// Set: the object that may be read, by its ACL, has this ETag. Another one that has taken its
    /// place meanwhile need not be readable.
    std::string etag;
};

/// Whether the sender may have this done: by their key, by the ACL of the bucket or the object, or
/// because the bucket can be read by everybody (GatewayOptions). Reads nothing of the body.
///
/// Errors: `AccessDenied`; not_found `NoSuchBucket`, and `NoSuchKey` to whom may list the bucket;
/// `InvalidRequest` for response- parameters of somebody unknown; those of read_acl and of
/// check_acl_allowed for what the request wants to set.
Task<Permission> authorize(const Call& call, const Operation& operation);

/// Whether a form's file may be stored in that bucket: by the key that signed its policy (nullptr:
/// it has none), with that ACL. Errors: as authorize.
Result<> authorize_post(const Call& call, const AccessKey* key, std::string_view acl);

}  // namespace slipway::gateway
