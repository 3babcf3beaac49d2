// SPDX-License-Identifier: Apache-2.0
// DeleteObject
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "gateway/preconditions.h"

namespace slipway::gateway {

Task<http::Response> delete_object(Call& call) {
    SLIPWAY_CO_CHECK(refuse_conditions(call));
    SLIPWAY_CO_CHECK(co_await call.store.remove(call.target.bucket, call.target.key));
    co_return empty_answer(204);
}

}  // namespace slipway::gateway
