// SPDX-License-Identifier: Apache-2.0
#include "store/bucket_settings.h"

#include <algorithm>
#include <array>
#include <utility>

namespace slipway::store {
namespace {

using objects::BucketSetting;

/// On disk: never change a name that was released.
constexpr std::array<std::pair<BucketSetting, std::string_view>, 6> names{{
    {BucketSetting::acl, "acl"},
    {BucketSetting::cors, "cors"},
    {BucketSetting::lifecycle, "lifecycle"},
    {BucketSetting::ownership_controls, "ownership_controls"},
    {BucketSetting::public_access_block, "public_access_block"},
    {BucketSetting::tagging, "tagging"},
}};

}  // namespace

std::string_view name_of(BucketSetting setting) {
    return std::ranges::find(names, setting, &std::pair<BucketSetting, std::string_view>::first)
        ->second;
}

std::optional<BucketSetting> parse_setting(std::string_view name) {
    const auto found =
        std::ranges::find(names, name, &std::pair<BucketSetting, std::string_view>::second);
    return found == names.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace slipway::store
