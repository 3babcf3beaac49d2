// SPDX-License-Identifier: Apache-2.0
#include "store/space_reserve.h"

#include <utility>

namespace slipway::store {

bool SpaceReserve::take() {
    if (held_) {
        return true;
    }
    // One that is there may be of an earlier process, which died before it had its size.
    static_cast<void>(system_.remove(path_));
    const auto fd = system_.create(path_);
    if (!fd) {
        return false;
    }
    held_ = system_.allocate(*fd, bytes_).has_value();
    system_.close(*fd);
    if (!held_) {
        static_cast<void>(system_.remove(path_));
    }
    return held_;
}

void SpaceReserve::give() {
    if (std::exchange(held_, false)) {
        static_cast<void>(system_.remove(path_));
    }
}

}  // namespace slipway::store
