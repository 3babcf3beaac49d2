// SPDX-License-Identifier: Apache-2.0
#include "gateway/access_keys.h"

#include <algorithm>
#include <utility>

namespace slipway::gateway {

bool AccessKey::sees(std::string_view bucket) const {
    return buckets.empty() || bucket.empty() ||
           std::ranges::any_of(buckets, [bucket](std::string_view name) {
               if (!name.ends_with('*')) {
                   return name == bucket;
               }
               name.remove_suffix(1);
               return bucket.starts_with(name);
           });
}

void FixedAccessKeys::add(s3::Credentials credentials,
                          Access access,
                          std::vector<std::string> buckets) {
    std::string id = credentials.access_key_id;
    keys_.insert_or_assign(
        std::move(id), std::make_shared<const AccessKey>(std::move(credentials), region_, access,
                                                         std::move(buckets)));
}

std::shared_ptr<const AccessKey> FixedAccessKeys::find(std::string_view access_key_id) const {
    const auto found = keys_.find(access_key_id);
    return found == keys_.end() ? nullptr : found->second;
}

}  // namespace slipway::gateway
