// SPDX-License-Identifier: Apache-2.0
#include "gateway/expiration.h"

#include "codec/percent.h"
#include "codec/time.h"
#include "s3/lifecycle.h"

#include <fmt/format.h>

#include <chrono>

namespace slipway::gateway {

void write_expiration(const Call& call, const objects::ObjectInfo& info, http::Headers& headers) {
    const auto settings = call.store.bucket_settings(call.target.bucket);
    if (!settings) {
        return;
    }
    const auto lifecycle = (*settings)->find(objects::BucketSetting::lifecycle);
    if (lifecycle == (*settings)->end()) {
        return;
    }
    const auto rules = s3::parse_lifecycle(lifecycle->second);
    if (!rules) {
        return;
    }
    const s3::LifecycleObject object{.key = call.target.key,
                                     .size = info.size,
                                     .modified = info.last_modified,
                                     .tagging = info.attributes.tagging};
    const auto expiry = s3::expiry_of(*rules, object, std::chrono::days(1));
    if (expiry) {
        headers.add("x-amz-expiration", fmt::format("expiry-date=\"{}\", rule-id=\"{}\"",
                                                    codec::http_date(expiry->time),
                                                    codec::percent_encode(expiry->rule_id, false)));
    }
}

}  // namespace slipway::gateway
