// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/object_store.h"
#include "store/storage.h"

namespace slipway::store {

/// ObjectStore::get and head. They run on the caller's I/O thread without waiting for anything: an
/// object's row is one lookup, and its file, once open, stays what it was whoever replaces it.
Result<objects::GetResult> get_object(Storage& storage, const objects::GetRequest& request);
Result<objects::ObjectInfo> head_object(Storage& storage, const objects::GetRequest& request);

/// The object with an open file or its bytes, both of one moment.
struct OpenObject {
    ObjectRow row;
    std::shared_ptr<OpenFile> file;  // shared with the answers that send from it
};
Result<OpenObject> open_object(Storage& storage, std::string_view bucket, std::string_view key);

}  // namespace slipway::store
