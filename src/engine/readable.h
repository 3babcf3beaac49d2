// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace slipway::engine {

/// A path as a message shows it: bytes that are no UTF-8 and control characters, with which a
/// file's name could write over a terminal, as \x1b.
std::string readable(std::string_view path);

}  // namespace slipway::engine
