// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "objects/object_store.h"
#include "s3/documents.h"
#include "s3/multipart_documents.h"

#include <string>
#include <string_view>
#include <vector>

/// What the listings of S3 have in common.
namespace slipway::gateway {

/// Objects as documents show them.
std::vector<s3::ListedObject> listed_objects(std::vector<objects::ObjectInfo> objects);

/// Parts as documents show them.
std::vector<s3::ListedPart> listed_parts(std::vector<objects::PartInfo> parts);

/// "COMPOSITE" or "FULL_OBJECT".
std::string_view checksum_type(bool composite);

/// A continuation token is the last name of the page before, marked so that a client's own text is
/// told from one of ours.
std::string continuation_token(std::string_view last_name);
/// The name in one of ours. Errors: invalid_argument `InvalidArgument`.
Result<std::string> read_continuation_token(std::string_view token);

}  // namespace slipway::gateway
