// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/task.h"

#include <chrono>

namespace slipway {

/// Lets the coroutine rest for `time` without holding its thread.
Async<void> pause_for(std::chrono::milliseconds time);

}  // namespace slipway
