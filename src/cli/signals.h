// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace slipway::cli {

/// SIGTERM, SIGINT and SIGHUP as something to wait for.
///
/// Made before any other thread: threads inherit that these signals are held back, so that they
/// come to wait() and nowhere else. A SIGHUP that is ignored (nohup) stays ignored.
class StopSignals {
  public:
    StopSignals();

    /// Waits for the first one. From then on they have their usual effect again: the second ends
    /// the process at once.
    void wait();

    /// Whether one has come that was not taken yet. Any thread that has them blocked.
    bool pending() const;
    /// Whether one has come; it is taken. From then on as after wait().
    bool take();

  private:
    sigset_t signals_;
};

}  // namespace slipway::cli
