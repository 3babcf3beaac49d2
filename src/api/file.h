// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <string>
#include <string_view>
#include <sys/types.h>

namespace slipway::api {

/// The whole of a small file. Errors: not_found, permission_denied, io.
Result<std::string> read_file(const std::string& path);

/// Puts `text` where `path` is, whole or not at all: a new file beside it, synced, then renamed.
/// Errors: permission_denied, no_space, io.
Result<> write_file(const std::string& path, std::string_view text, mode_t mode);

}  // namespace slipway::api
