// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"
#include "objects/object_store.h"
#include "s3/errors.h"

#include <string_view>

/// Storage classes whose objects are kept where they cannot be read at once. Pure.
namespace slipway::objects {

inline bool is_archived(std::string_view storage_class) {
    return storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE";
}

/// Whether the bytes can be read now, by GET or as the source of a copy.
/// Errors: `InvalidObjectState` for an archived object without a restored copy.
inline Result<> check_readable(const ObjectInfo& object, Time now) {
    const auto& restored = object.restoration;
    if (is_archived(object.attributes.storage_class) &&
        !(restored && restored->ready <= now && now < restored->until)) {
        return s3::s3_fail("InvalidObjectState",
                           "The operation is not valid for the object's storage class");
    }
    return {};
}

}  // namespace slipway::objects
