// SPDX-License-Identifier: Apache-2.0
// CreateBucket
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "s3/documents.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

namespace slipway::gateway {

Task<http::Response> create_bucket(Call& call) {
    SLIPWAY_CO_TRY(document, co_await read_document(call, s3::small_document_bytes_max));
    SLIPWAY_CO_TRY(region, s3::parse_create_bucket(document));
    if (!region.empty() && region != call.options.region) {
        co_return s3::s3_fail("IllegalLocationConstraintException",
                              fmt::format("The {} location constraint is incompatible for the "
                                          "region specific endpoint this request was sent to, "
                                          "which is {}.",
                                          region, call.options.region));
    }
    SLIPWAY_CO_CHECK(co_await call.store.create_bucket(call.target.bucket));
    http::Response response = empty_answer(200);
    response.headers.add("Location", "/" + call.target.bucket);
    co_return response;
}

}  // namespace slipway::gateway
