// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "task/body.h"

#include <memory>
#include <string>

namespace slipway::store {

/// The lock of a store's directory: held as long as the file is open, given up by the kernel when
/// the process dies.
/// Errors: unavailable when another process has it; permission_denied; no_space; io.
Result<std::unique_ptr<OpenFile>> lock_directory(const std::string& directory);

}  // namespace slipway::store
