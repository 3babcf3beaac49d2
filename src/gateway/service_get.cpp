// SPDX-License-Identifier: Apache-2.0
// ListBuckets
#include "gateway/answers.h"
#include "gateway/listing.h"
#include "gateway/operations.h"
#include "gateway/parameters.h"
#include "s3/documents.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::gateway {
namespace {

Result<unsigned> read_buckets_max(const Call& call) {
    SLIPWAY_TRY(wanted,
                read_number("max-buckets", call.target.get("max-buckets"), s3::list_buckets_max));
    if (wanted < 1 || wanted > s3::list_buckets_max) {
        return s3::s3_fail("InvalidArgument",
                           fmt::format("Argument max-buckets must be an integer between 1 and {}",
                                       s3::list_buckets_max));
    }
    return wanted;
}

Result<std::string> read_start(const Call& call) {
    const std::string_view token = call.target.get("continuation-token");
    return token.empty() ? std::string() : read_continuation_token(token);
}

}  // namespace

Task<http::Response> list_buckets(Call& call) {
    SLIPWAY_CO_TRY(buckets_max, read_buckets_max(call));
    SLIPWAY_CO_TRY(start_after, read_start(call));
    SLIPWAY_CO_TRY(buckets, co_await call.store.list_buckets());
    std::erase_if(buckets, [&call](const auto& bucket) { return !call.key->sees(bucket.name); });
    std::ranges::sort(buckets, {}, &objects::BucketInfo::name);
    s3::ListBucketsResult result;
    result.owner = call.options.owner;
    result.prefix = call.target.get("prefix");
    const std::string_view region = call.target.get("bucket-region");
    for (objects::BucketInfo& bucket : buckets) {
        const bool is_wanted = bucket.name.starts_with(result.prefix) &&
                               bucket.name > start_after &&
                               (region.empty() || region == call.options.region);
        if (!is_wanted) {
            continue;
        }
        if (result.buckets.size() == buckets_max) {
            result.continuation_token = continuation_token(result.buckets.back().name);
            break;
        }
        result.buckets.push_back(s3::ListedBucket{std::move(bucket.name), bucket.created});
    }
    co_return xml_answer(s3::list_buckets_xml(result));
}

}  // namespace slipway::gateway
