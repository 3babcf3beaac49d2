// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <string>

namespace slipway::api {

/// Makes the data directory with mode 0700 where it is missing, with the directories above it, and
/// answers its absolute path; an empty `path` is default_data_dir().
/// Errors: invalid_argument, permission_denied, io.
Result<std::string> open_data_dir(const std::string& path);

}  // namespace slipway::api
