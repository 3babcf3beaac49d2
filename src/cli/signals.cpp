// SPDX-License-Identifier: Apache-2.0
#include "cli/signals.h"

#include <pthread.h>

namespace slipway::cli {

StopSignals::StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    struct sigaction hangup {};
    if (::sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) {
        sigaddset(&signals_, SIGHUP);
    }
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

void StopSignals::wait() {
    int which = 0;
    while (::sigwait(&signals_, &which) != 0) {
    }
    ::pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

bool StopSignals::pending() const {
    sigset_t here;
    ::sigpending(&here);
    ::sigandset(&here, &here, &signals_);
    return ::sigisemptyset(&here) == 0;
}

bool StopSignals::take() {
    const timespec at_once{};
    if (::sigtimedwait(&signals_, nullptr, &at_once) < 0) {
        return false;
    }
    ::pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
    return true;
}

}  // namespace slipway::cli
