// SPDX-License-Identifier: Apache-2.0
// DeleteBucket
#include "gateway/answers.h"
#include "gateway/operations.h"

namespace slipway::gateway {

Task<http::Response> delete_bucket(Call& call) {
    SLIPWAY_CO_CHECK(co_await call.store.remove_bucket(call.target.bucket));
    co_return empty_answer(204);
}

}  // namespace slipway::gateway
