// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/object_store.h"

#include <cstdint>

/// What is repeated because its answer did not come may have been done the first time, and then the
/// repetition fails for that very reason. So the object itself is looked at.
namespace slipway::objects {

/// Puts once. `again`: an attempt before this one may have got through. Then a condition that does
/// not hold is met all the same where the object there has the size and checksum of what is sent.
/// Errors: those of put and head.
Task<ObjectInfo> put_or_find(ObjectStore& store,
                             const PutRequest& request,
                             BodyReader& body,
                             std::uint64_t size,
                             bool again);

/// Completes once. Likewise for an upload that is gone, or a condition that does not hold: the
/// attempt before may have made the object (is_made_of) and with it ended the upload.
/// Errors: those of complete_multipart and head.
Task<ObjectInfo> complete_or_find(ObjectStore& store,
                                  const CompleteMultipartRequest& request,
                                  bool again);

}  // namespace slipway::objects
