// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <thread>

namespace slipway {

/// Starts a thread that runs `work` and takes no signals: every thread of ours.
///
/// A process's signals are for the program's threads. The system may give one to any thread that
/// does not block it, and were that one of ours, a program that waits (Python's main thread in
/// poll()) would not be woken by its Ctrl-C. For OpenSSL, which writes without MSG_NOSIGNAL, it
/// turns SIGPIPE into EPIPE, whatever the program does about that signal.
///
/// Not blocked are the signals that the thread raises by a fault of its own, and SIGPROF.
std::jthread start_thread(std::function<void()> work);

}  // namespace slipway
