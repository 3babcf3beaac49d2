// SPDX-License-Identifier: Apache-2.0
#include "objects/object_store.h"

namespace slipway::objects {

Task<std::vector<Result<>>> ObjectStore::remove_many(std::string_view bucket,
                                                     std::span<const std::string> keys) {
    std::vector<Result<>> outcomes;
    for (const std::string& key : keys) {
        outcomes.push_back(co_await remove(bucket, key));
    }
    co_return outcomes;
}

}  // namespace slipway::objects
