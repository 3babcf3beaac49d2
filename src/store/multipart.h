// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/hosted_store.h"
#include "store/storage.h"
#include "store/upload_reader.h"

namespace slipway::store {

/// Uploads in parts, but for the parts' own bytes (part_put.h) and the lists (upload_listing.h).
/// Completing moves no byte: the object's row refers to the upload, and its bytes stay the parts'.
Task<objects::MultipartUpload> create_multipart(Storage& storage,
                                                const objects::CreateMultipartRequest& request);

/// Completing again what was completed answers the same, as long as the object is still there.
Task<objects::ObjectInfo> complete_multipart(Storage& storage,
                                             const objects::CompleteMultipartRequest& request);

Task<> abort_multipart(Storage& storage, const objects::MultipartUpload& upload);

/// An upload that is neither completed nor aborted. Errors: not_found `NoSuchBucket`,
/// `NoSuchUpload`.
Result<UploadRow> find_upload(Storage& storage, const objects::MultipartUpload& upload);

Result<objects::ListPartsResult> list_parts(Storage& storage,
                                            const objects::ListPartsRequest& request);

Result<objects::ObjectPartsResult> list_object_parts(Storage& storage,
                                                     const objects::ObjectPartsRequest& request);

}  // namespace slipway::store
