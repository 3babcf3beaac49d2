// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "net/http_client.h"

#include <string>
#include <string_view>

namespace slipway::client {

/// Where an S3 is, and how its buckets are addressed.
struct Endpoint {
    net::Origin origin;
    /// "s3.example/bucket/key", else "bucket.s3.example/key".
    bool path_style = true;
    /// Amazon's own: the host follows the region.
    bool amazon = false;
    std::string region;
};

/// url         empty: Amazon's own for the region.
/// addressing  "path", "virtual" or "auto": virtual for Amazon's own, path elsewhere.
/// Errors      invalid_argument, naming what is wrong.
Result<Endpoint> make_endpoint(std::string_view url,
                               std::string_view region,
                               std::string_view addressing);

/// Whether it may stand in a host name: a region that a stranger names does.
bool is_region(std::string_view text);

/// A bucket (or with an empty name the service) at an endpoint.
struct BucketAddress {
    net::Origin origin;
    std::string path_prefix;  ///< "/bucket", or "" with the bucket in the host
};

/// `region` may differ from the endpoint's: a bucket has its own.
BucketAddress address_of(const Endpoint& endpoint,
                         std::string_view bucket,
                         std::string_view region);

}  // namespace slipway::client
