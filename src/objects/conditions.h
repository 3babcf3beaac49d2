// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "objects/object_store.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// What conditions and ranges mean, for every store that has to decide about them itself. Pure.
namespace slipway::objects {

/// Whether an object may be read, in the order of RFC 9110 section 13.2.2.
/// Errors: precondition_failed `PreconditionFailed`, or `NotModified` for if_none_match and
/// if_modified_since.
Result<> check_read(const Conditions& conditions, const ObjectInfo& object);

/// The same for the source of a copy, where every failure is `PreconditionFailed`.
Result<> check_copy_source(const Conditions& conditions, const ObjectInfo& source);

/// Whether an object may be written over the one there, whose ETag is `current_etag` (nullptr:
/// none is there). Looks at if_match and if_none_match only.
/// Errors: precondition_failed `PreconditionFailed`; not_found `NoSuchKey` for if_match on nothing.
Result<> check_write(const Conditions& conditions, const std::string* current_etag);

/// A piece of an object of known size.
struct Slice {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    bool partial = false;
};

/// What a Range header asks of an object of `size` bytes; all of it without one, and for a range
/// that ends before it starts, which RFC 9110 section 14.1.1 says to ignore.
/// Errors: invalid_argument `InvalidRange` when it names no byte of the object.
Result<Slice> resolve_range(const std::optional<ByteRange>& range, std::uint64_t size);

/// What a GET asks of an object of `size` bytes that was completed from `parts` (none: put in one
/// piece): its part, or its range.
/// Errors: invalid_argument `InvalidRange`, or `InvalidPartNumber` when there is no such part.
Result<Slice> resolve_part_or_range(const GetRequest& request,
                                    std::uint64_t size,
                                    std::span<const PartInfo> parts);

/// The bytes of the source that a part is to be copied of.
/// Errors: invalid_argument `InvalidArgument` unless the range has both ends, `InvalidRange` unless
/// it lies within.
Result<Slice> resolve_copy_range(const std::optional<ByteRange>& range, std::uint64_t size);

}  // namespace slipway::objects
