// SPDX-License-Identifier: Apache-2.0
// DeleteObject
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "gateway/preconditions.h"

namespace slipway::gateway {

Task<http::Response> delete_object(Call& call) {
    SLIPWAY_CO_TRY(conditions, read_delete_conditions(call));
    const std::string& bucket = call.target.bucket;
    const std::string& key = call.target.key;
    if (conditions.none()) {
        SLIPWAY_CO_CHECK(co_await call.store.remove(bucket, key));
    } else {
        SLIPWAY_CO_CHECK(co_await call.store.remove_if(bucket, key, conditions));
    }
    co_return empty_answer(204);
}

}  // namespace slipway::gateway
