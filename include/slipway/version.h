// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace slipway {

/// This library's version, "0.1.0" (semantic versioning).
std::string_view version();

}  // namespace slipway
