// SPDX-License-Identifier: Apache-2.0
#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace slipway {

void assertion_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "slipway: assertion failed: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

}  // namespace slipway
