// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace slipway::client {

/// Whether a store keeps a checksum that comes after the bytes, found out with one part of an
/// upload: whatever a store that does not know the coding makes of it, the part is sent again and
/// so replaced before anything is completed. Any thread.
///
/// There is one trial. While it is under way, and for good if it does not succeed for whatever
/// reason, parts go in the way that works with every store and only costs more.
class TrailerTrial {
  public:
    enum class Use { no, trial, yes };

    Use ask() {
        State found = State::untried;
        if (state_.compare_exchange_strong(found, State::tried)) {
            return Use::trial;
        }
        return found == State::succeeded ? Use::yes : Use::no;
    }

    void succeeded() { state_ = State::succeeded; }

  private:
    enum class State { untried, tried, succeeded };
    std::atomic<State> state_ = State::untried;
};

}  // namespace slipway::client
