// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace slipway {

/// Prints the broken promise and ends the process; the supervisor and the journal do the rest.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace slipway

// For what must hold whatever anyone sends; on in release too. What may happen is a Result.
#define SLIPWAY_ASSERT(expression) \
    ((expression) ? void(0) : ::slipway::assertion_failed(#expression, __FILE__, __LINE__))
