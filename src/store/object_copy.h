// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/object_store.h"
#include "store/storage.h"

namespace slipway::store {

/// ObjectStore::copy.
///
/// Cost: one commit; a large object gets a second name for the same bytes, as files never change.
/// Bytes are read only for a checksum that the source does not have.
Task<objects::ObjectInfo> copy_object(Storage& storage, const objects::CopyRequest& request);

}  // namespace slipway::store
