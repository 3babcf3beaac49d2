// SPDX-License-Identifier: Apache-2.0
// HeadBucket
#include "gateway/answers.h"
#include "gateway/operations.h"

namespace slipway::gateway {

Task<http::Response> head_bucket(Call& call) {
    SLIPWAY_CO_CHECK(co_await call.store.head_bucket(call.target.bucket));
    http::Response response = empty_answer(200);
    response.headers.add("x-amz-bucket-region", call.options.region);
    co_return response;
}

}  // namespace slipway::gateway
