// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/call.h"
#include "http/message.h"
#include "objects/object_store.h"

#include <string>
#include <string_view>

namespace slipway::gateway {

/// What a request says about the object it writes.
/// Errors: `InvalidStorageClass`; `MetadataTooLarge`; `InvalidArgument` for a value that no header
/// can carry back; `InvalidArgument` and `InvalidTag` for x-amz-tagging.
Result<objects::ObjectAttributes> read_attributes(const Call& call);

/// x-amz-storage-class, or empty when it is not said. Errors: `InvalidStorageClass`.
Result<std::string> read_storage_class(const Call& call);

/// The headers of an answer about an object: ETag, Last-Modified, what the client said about it.
/// Its checksum is told to those who ask (x-amz-checksum-mode: ENABLED) about all of it, not about
/// a range.
void write_object_headers(const Call& call,
                          const objects::ObjectInfo& info,
                          bool partial,
                          http::Headers& headers);

/// Whether the client wants to know checksums: x-amz-checksum-mode is ENABLED.
bool asks_for_checksum(const Call& call);

/// Whether the response-* parameters of a GET or HEAD can be headers, and are signed.
/// Errors: invalid_argument `InvalidArgument`, `InvalidRequest`.
Result<> check_overrides(const Call& call);

/// "x-amz-checksum-crc32c" and its type.
void write_checksum(const objects::Checksum& checksum, http::Headers& headers);

/// An ETag as it is sent.
std::string quoted(std::string_view etag);

}  // namespace slipway::gateway
