// SPDX-License-Identifier: Apache-2.0
// PutObjectTagging
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "s3/tagging.h"

#include <utility>

namespace slipway::gateway {

Task<http::Response> put_object_tagging(Call& call) {
    SLIPWAY_CO_TRY(document, co_await read_document(call, s3::small_document_bytes_max));
    SLIPWAY_CO_TRY(tags, s3::parse_tagging(document));
    objects::ObjectChange change;
    change.tagging = s3::tagging_text(std::move(tags));
    SLIPWAY_CO_CHECK(
        co_await call.store.change_object(call.target.bucket, call.target.key, change));
    co_return empty_answer(200);
}

}  // namespace slipway::gateway
