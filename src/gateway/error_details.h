// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/error.h"

#include "base/clock.h"
#include "gateway/call.h"
#include "http/message.h"
#include "s3/sigv4.h"
#include "s3/target.h"

#include <string>
#include <utility>
#include <vector>

namespace slipway::gateway {

/// What S3 tells besides code and words: which bucket, which key, which time; clients read some of
/// it, such as the region. `claim` is empty where authentication did not get that far.
std::vector<std::pair<std::string, std::string>> error_details(const Error& error,
                                                               const http::Request& request,
                                                               const s3::S3Target& target,
                                                               const s3::Claim& claim,
                                                               const GatewayOptions& options,
                                                               Time now);

}  // namespace slipway::gateway
