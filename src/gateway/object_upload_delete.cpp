// SPDX-License-Identifier: Apache-2.0
// AbortMultipartUpload
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "gateway/parameters.h"

namespace slipway::gateway {

Task<http::Response> abort_multipart_upload(Call& call) {
    const objects::MultipartUpload upload = upload_of(call);
    // To a store one that is not there is aborted already; S3 says so.
    SLIPWAY_CO_CHECK(co_await call.store.find_multipart(upload));
    SLIPWAY_CO_CHECK(co_await call.store.abort_multipart(upload));
    co_return empty_answer(204);
}

}  // namespace slipway::gateway
