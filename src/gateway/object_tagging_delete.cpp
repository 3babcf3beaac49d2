// SPDX-License-Identifier: Apache-2.0
// DeleteObjectTagging
#include "gateway/answers.h"
#include "gateway/operations.h"

namespace slipway::gateway {

Task<http::Response> delete_object_tagging(Call& call) {
    objects::ObjectChange change;
    change.tagging = std::string();
    SLIPWAY_CO_CHECK(
        co_await call.store.change_object(call.target.bucket, call.target.key, change));
    co_return empty_answer(204);
}

}  // namespace slipway::gateway
