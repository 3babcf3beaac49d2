// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <string>
#include <string_view>

namespace slipway::engine {

/// Whether the rest of a key can be a path below a directory, part for part. Keys are written by
/// strangers: "../x", "/etc/x" and "a/../../x" must lead nowhere, and "a//b" and "a/b" are two
/// objects but would be one file.
/// Errors: invalid_argument saying what about it is no path.
Result<> check_object_path(std::string_view path);

/// The last part of a key, "c.jpg" of "a/b/c.jpg"; empty after a '/'.
std::string_view last_part(std::string_view key);

}  // namespace slipway::engine
