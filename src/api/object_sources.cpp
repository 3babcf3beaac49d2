// SPDX-License-Identifier: Apache-2.0
#include "api/object_sources.h"

#include <utility>

namespace slipway::api {

std::string folder_of(std::string prefix) {
    if (!prefix.empty() && !prefix.ends_with('/')) {
        prefix += '/';
    }
    return prefix;
}

engine::ObjectSource to_source(const S3Uri& uri, bool below) {
    engine::ObjectSource source;
    source.bucket = uri.bucket;
    source.key = below ? folder_of(uri.key) : uri.key;
    source.below = below;
    return source;
}

Result<engine::PathFilter> make_filter(const std::vector<PathRule>& rules) {
    std::vector<engine::PathRule> converted;
    for (const PathRule& rule : rules) {
        converted.push_back({rule.include, rule.pattern});
    }
    return engine::PathFilter::of(converted);
}

}  // namespace slipway::api
