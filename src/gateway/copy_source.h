// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/call.h"
#include "objects/object_store.h"

#include <string>

namespace slipway::gateway {

/// What CopyObject and UploadPartCopy take their bytes from.
struct CopySource {
    std::string bucket;
    std::string key;
};

/// Reads x-amz-copy-source: "/bucket/key?versionId=null", percent-encoded, with or without the
/// first '/'.
/// Errors: invalid_argument `InvalidArgument`, `InvalidBucketName`, `KeyTooLongError`; not_found
/// `NoSuchVersion`.
Result<CopySource> read_copy_source(const Call& call);

}  // namespace slipway::gateway
