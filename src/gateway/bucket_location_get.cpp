// SPDX-License-Identifier: Apache-2.0
// GetBucketLocation
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "s3/documents.h"

namespace slipway::gateway {

Task<http::Response> get_bucket_location(Call& call) {
    SLIPWAY_CO_CHECK(co_await call.store.head_bucket(call.target.bucket));
    co_return xml_answer(s3::bucket_location_xml(call.options.region));
}

}  // namespace slipway::gateway
