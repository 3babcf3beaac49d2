// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/block_on.h"

#include <utility>

namespace slipway::test {

/// Runs a coroutine to its end on the caller's thread and answers what it returned.
template <class T>
T run(Async<T> work) {
    return block_on(std::move(work));
}

}  // namespace slipway::test
