// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "s3/owner.h"

#include <string>
#include <string_view>
#include <vector>

/// Access control lists, as far as a canned word says them too: the AccessControlPolicy document
/// and the x-amz-grant- headers.
/// Source: AWS, "Access control list (ACL) overview" (read 2026-11).
namespace slipway::s3 {

struct Grant {
    /// One of the groups below, or the id of a user.
    std::string grantee;
    std::string permission;  ///< "READ"
    friend bool operator==(const Grant&, const Grant&) = default;
};

inline constexpr std::string_view all_users = "http://acs.amazonaws.com/groups/global/AllUsers";
inline constexpr std::string_view authenticated_users =
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
inline constexpr std::string_view log_delivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/// Whether this is a canned ACL of Amazon's; of buckets only is "log-delivery-write".
bool is_canned_acl(std::string_view word, bool of_bucket);

/// What that word grants: the groups', then the owner's.
std::vector<Grant> grants_of(std::string_view canned, const Owner& owner);

/// The canned ACL that grants exactly this, in whatever order; nothing of what the owner has goes
/// unsaid. Errors: unsupported `NotImplemented` where there is none.
Result<std::string> canned_acl_of(const std::vector<Grant>& grants, const Owner& owner);

/// The AccessControlPolicy document.
std::string acl_xml(std::string_view canned, const Owner& owner);

/// Reads one. Errors: invalid_argument `MalformedACLError`, `MalformedXML`, `InvalidArgument` for
/// an id or a group that there is not, `UnresolvableGrantByEmailAddress`.
Result<std::vector<Grant>> parse_acl(std::string_view body, const Owner& owner);

/// Reads the grantees of an x-amz-grant- header: `id="abc", uri="http://..."`.
/// Errors: as parse_acl.
Result<std::vector<Grant>> parse_grant_header(std::string_view value,
                                              std::string_view permission,
                                              const Owner& owner);

}  // namespace slipway::s3
