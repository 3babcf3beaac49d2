// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/object_store.h"
#include "store/storage.h"

namespace slipway::store {

/// ObjectStore::copy.
///
/// Cost: one commit, and what copying the bytes takes (copied_bytes.h).
Task<objects::ObjectInfo> copy_object(Storage& storage, const objects::CopyRequest& request);

}  // namespace slipway::store
