// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/export.h"

#include <string_view>

namespace slipway {

/// This library's version, "0.1.0" (semantic versioning).
SLIPWAY_API std::string_view version();

}  // namespace slipway
