// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/s3.h"

#include "engine/object_feed.h"

#include <vector>

namespace slipway::api {

/// "photos" and "photos/" are the same place; the empty prefix stays empty.
std::string folder_of(std::string prefix);

engine::ObjectSource to_source(const S3Uri& uri, bool below);

Result<engine::PathFilter> make_filter(const std::vector<PathRule>& rules);

}  // namespace slipway::api
