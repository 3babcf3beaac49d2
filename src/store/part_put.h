// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/hosted_store.h"
#include "store/storage.h"

namespace slipway::store {

/// ObjectStore::put_part. Its bytes come as an object's do (receive_body.h).
Task<objects::PartInfo> put_part(Storage& storage,
                                 const objects::PutPartRequest& request,
                                 BodyReader& body);

/// HostedStore::copy_part.
///
/// Cost: all of an object that was put in one piece gets a second name for its bytes; of anything
/// else the bytes are read and written.
Task<objects::CopyPartResult> copy_part(Storage& storage, const objects::CopyPartRequest& request);

}  // namespace slipway::store
