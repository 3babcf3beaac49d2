// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/hosted_store.h"

#include <optional>
#include <string_view>

namespace slipway::store {

/// What a setting is called in the index.
std::string_view name_of(objects::BucketSetting setting);
/// Nothing for a name that is not known here.
std::optional<objects::BucketSetting> parse_setting(std::string_view name);

}  // namespace slipway::store
