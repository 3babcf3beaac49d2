// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/object_store.h"
#include "store/index_reader.h"

#include <cstdint>

namespace slipway::store {

/// One page of a bucket's names.
///
/// Cost: what is returned, and for each common prefix a seek past everything below it. `visited`
/// counts the rows looked at.
struct Listing {
    objects::ListResult page;
    std::uint64_t visited = 0;
};
Result<Listing> list_objects(IndexReader& reader,
                             std::int64_t bucket,
                             const objects::ListRequest& request);

}  // namespace slipway::store
