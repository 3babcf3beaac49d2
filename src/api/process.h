// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <string>
#include <string_view>

/// What a server process needs once.
namespace slipway::api {

/// As many open files as the operating system lets us have: one a connection.
void raise_file_limit();

/// Writes {"url": ..., "store_url": ..., "pid": ...} for scripts that wait for it; an empty url is
/// left out. Errors: io, permission_denied, no_space.
Result<> write_ready_file(const std::string& path,
                          std::string_view url,
                          std::string_view store_url);

}  // namespace slipway::api
