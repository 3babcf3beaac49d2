// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/object_store.h"

#include <optional>
#include <span>
#include <string>

/// What multipart uploads have in common in every store. Pure.
namespace slipway::objects {

/// The ETag S3 gives an object of these parts: the MD5 of their MD5s, "-" and their number.
/// Nothing where a part's ETag is no MD5, as with some kinds of encryption.
std::optional<std::string> multipart_etag(std::span<const PartInfo> parts);

/// The checksum of the whole object that these parts make, from theirs. Nothing where there is
/// none: an algorithm that is not can_be_full_object, or a part without a checksum or with another
/// one's.
std::optional<Checksum> combined_checksum(std::span<const PartInfo> parts);

/// The checksum over those of the parts, with "-" and their number. Nothing for a part without a
/// checksum or with another algorithm's.
std::optional<Checksum> composite_checksum(std::span<const PartInfo> parts);

/// Whether the object is what completing that upload makes: its size, and a checksum or the ETag.
/// Without either of the two there is no telling, and the answer is no.
bool is_made_of(const ObjectInfo& object, const CompleteMultipartRequest& request);

}  // namespace slipway::objects
