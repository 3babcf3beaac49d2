// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/call.h"
#include "objects/hosted_store.h"

#include <string>
#include <string_view>

namespace slipway::gateway {

/// What an ACL lets others do than those who have a key for the bucket.
struct AclRights {
    bool all_read = false;
    bool all_write = false;  ///< of a bucket only
    /// Whoever has some key.
    bool signed_in_read = false;

    bool is_public() const { return all_read || all_write || signed_in_read; }
};

/// `canned`: the word that stands for it; empty: private.
AclRights rights_of(std::string_view canned);

/// What a bucket's settings say of ACLs: its PublicAccessBlock and its OwnershipControls.
struct AclRules {
    bool refuse_public = false;          ///< BlockPublicAcls
    bool ignore_public = false;          ///< IgnorePublicAcls
    bool restrict_public = false;        ///< RestrictPublicBuckets
    bool bucket_owner_enforced = false;  ///< ACLs are off
};
AclRules acl_rules_of(const objects::BucketSettings& settings);

/// The ACL that x-amz-acl or the x-amz-grant- headers ask for; empty when they are not there.
/// Errors: `InvalidArgument` for a word or grantee nobody knows; `InvalidRequest` for both at once;
/// unsupported `NotImplemented` for grants that no canned ACL says too.
Result<std::string> read_acl(const Call& call);

/// Whether the bucket lets an ACL be set.
/// Errors: `AccessDenied` where it blocks public ones; `AccessControlListNotSupported` where ACLs
/// are off.
Result<> check_acl_allowed(const objects::BucketSettings& settings, std::string_view canned);

}  // namespace slipway::gateway
