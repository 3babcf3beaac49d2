// SPDX-License-Identifier: Apache-2.0
// ListBuckets
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "s3/documents.h"

#include <algorithm>

namespace slipway::gateway {

Task<http::Response> list_buckets(Call& call) {
    SLIPWAY_CO_TRY(buckets, co_await call.store.list_buckets());
    std::ranges::sort(buckets, {}, &objects::BucketInfo::name);
    s3::ListBucketsResult result;
    result.owner = call.options.owner;
    result.buckets.reserve(buckets.size());
    for (objects::BucketInfo& bucket : buckets) {
        result.buckets.push_back(s3::ListedBucket{std::move(bucket.name), bucket.created});
    }
    co_return xml_answer(s3::list_buckets_xml(result));
}

}  // namespace slipway::gateway
