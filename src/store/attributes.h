// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/object_store.h"

#include <optional>
#include <string>
#include <string_view>

namespace slipway::store {

/// An object's attributes as the index keeps them (docs/disk-format.md), without the storage class,
/// which has a column of its own: a sequence of fields, each a byte that says which, its length in
/// 4 bytes, least first, and its text. Empty attributes take no field.
std::string encode_attributes(const objects::ObjectAttributes& attributes,
                              const std::optional<objects::Restoration>& restoration = {});

struct DecodedAttributes {
    objects::ObjectAttributes attributes;
    std::optional<objects::Restoration> restoration;
};
/// Errors: corrupted.
Result<DecodedAttributes> decode_attributes(std::string_view encoded);

}  // namespace slipway::store
