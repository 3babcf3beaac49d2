// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "objects/hosted_store.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace slipway::gateway {

/// A document that is a setting of a bucket: what GET, PUT and DELETE of it have in common.
struct BucketDocument {
    objects::BucketSetting setting;
    std::string_view not_set;  ///< the code that says so: "NoSuchCORSConfiguration"
    std::size_t bytes_max;
    int put_status;
    /// Reads what a client sent and writes it as it is kept and answered.
    Result<std::string> (*canonical)(std::string_view body);
};

/// Of `acl`, which is no document here, there is none.
const BucketDocument& bucket_document(objects::BucketSetting setting);

}  // namespace slipway::gateway
