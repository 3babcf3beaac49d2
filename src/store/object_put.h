// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/object_store.h"
#include "store/parts.h"

namespace slipway::store {

/// Whether the store can keep all that. Errors: unsupported `NotImplemented`.
Result<> check_attributes(const objects::ObjectAttributes& attributes);

/// ObjectStore::put.
///
/// Memory: the object's bytes while they are small enough for the index, in a buffer that grows
/// with what arrives; after that two chunks at most, each held only while it is written.
Task<objects::ObjectInfo> put_object(Parts& parts,
                                     const objects::PutRequest& request,
                                     BodyReader& body);

}  // namespace slipway::store
