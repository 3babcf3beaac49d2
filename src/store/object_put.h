// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/object_store.h"
#include "store/storage.h"

namespace slipway::store {

/// ObjectStore::put.
Task<objects::ObjectInfo> put_object(Storage& storage,
                                     const objects::PutRequest& request,
                                     BodyReader& body);

}  // namespace slipway::store
