// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/keys_file.h"

#include <string>
#include <vector>

namespace slipway::api {

/// The keys of a keys file.
/// Errors: those of parse_keys_file; not_found, permission_denied, io; invalid_argument for a file
/// that everybody on the machine can read, or that is none.
Result<std::vector<gateway::KeyGrant>> read_keys_file(const std::string& path);

}  // namespace slipway::api
