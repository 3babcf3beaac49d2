// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <ctime>

namespace slipway {

std::chrono::microseconds thread_busy_time() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec));
}

}  // namespace slipway
