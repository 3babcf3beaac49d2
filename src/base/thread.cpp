// SPDX-License-Identifier: Apache-2.0
#include "base/thread.h"

#include <csignal>
#include <pthread.h>
#include <utility>

namespace slipway {

std::jthread start_thread(std::function<void()> work) {
    sigset_t blocked;
    sigfillset(&blocked);
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPROF}) {
        sigdelset(&blocked, signal);
    }
    sigset_t before;
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    std::jthread thread(std::move(work));  // inherits the mask
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
}

}  // namespace slipway
