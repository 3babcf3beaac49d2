// SPDX-License-Identifier: Apache-2.0
#include "wakeup.h"

#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace slipway::python {

Wakeup::Wakeup() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
}

Wakeup::~Wakeup() {
    if (valid()) {
        ::close(descriptor_);
    }
}

void Wakeup::signal() const {
    const std::uint64_t one = 1;
    // It fails only when it is readable anyway.
    static_cast<void>(::write(descriptor_, &one, sizeof one));
}

void Wakeup::drain() const {
    std::uint64_t count = 0;
    static_cast<void>(::read(descriptor_, &count, sizeof count));
}

void Wakeup::wait() const {
    pollfd waited{descriptor_, POLLIN, 0};
    while (::poll(&waited, 1, -1) < 0) {
    }
}

}  // namespace slipway::python
