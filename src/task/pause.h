// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/task.h"
#include "task/timeline.h"

#include <chrono>

namespace slipway {

/// Lets the coroutine rest for `time` without holding its thread.
Async<void> pause_for(std::chrono::milliseconds time);

/// The same by that timeline's time; nullptr: the machine's.
Async<void> pause_on(Timeline* timeline, std::chrono::milliseconds time);

}  // namespace slipway
