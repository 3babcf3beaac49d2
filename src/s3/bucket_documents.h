// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <string>
#include <string_view>

/// Small documents that are settings of a bucket.
namespace slipway::s3 {

struct PublicAccessBlock {
    bool block_public_acls = false;
    bool ignore_public_acls = false;
    bool block_public_policy = false;
    bool restrict_public_buckets = false;
    friend bool operator==(const PublicAccessBlock&, const PublicAccessBlock&) = default;
};

/// Errors of the parsers: invalid_argument `MalformedXML`.
Result<PublicAccessBlock> parse_public_access_block(std::string_view body);
std::string public_access_block_xml(const PublicAccessBlock& block);

inline constexpr std::string_view bucket_owner_enforced = "BucketOwnerEnforced";

/// Whether S3 knows this kind of object ownership.
bool is_object_ownership(std::string_view word);

/// The one rule of an OwnershipControls document: "BucketOwnerEnforced", "BucketOwnerPreferred" or
/// "ObjectWriter".
Result<std::string> parse_ownership_controls(std::string_view body);
std::string ownership_controls_xml(std::string_view ownership);

}  // namespace slipway::s3
