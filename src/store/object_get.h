// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/conditions.h"
#include "objects/object_store.h"
#include "store/storage.h"

#include <functional>
#include <memory>

namespace slipway::store {

/// ObjectStore::get and head. They run on the caller's I/O thread without waiting for anything: an
/// object's row is one lookup, and its file, once open, stays what it was whoever replaces it. An
/// object in parts takes another lookup and one row for each part that is asked for.
Result<objects::GetResult> get_object(Storage& storage, const objects::GetRequest& request);
Result<objects::ObjectInfo> head_object(Storage& storage, const objects::GetRequest& request);

/// Decides from what is known of an object which of its bytes are wanted.
using Choose = std::function<Result<objects::Slice>(const ObjectRow&)>;

/// An object and the bytes that were chosen of it, all of one moment: a string, a FileSlice, or a
/// reader of many parts.
struct OpenObject {
    ObjectRow row;
    objects::Slice slice;
    Body body;
};
/// Errors: not_found; those of `choose`; corrupted when the bytes are gone from the disk.
Result<OpenObject> open_object(Storage& storage,
                               std::string_view bucket,
                               std::string_view key,
                               const Choose& choose);

}  // namespace slipway::store
