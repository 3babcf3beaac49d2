// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "task/task.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <functional>
#include <utility>

namespace slipway {

/// Starts `work` beside the caller on the I/O thread of `executor`; `finished` is called there at
/// its end, also after an exception. What the work refers to must live until then.
inline void spawn(const IoExecutor& executor,
                  Async<void> work,
                  std::function<void()> finished = {}) {
    auto at_end = [finished = std::move(finished)](std::exception_ptr) {
        if (finished) {
            finished();
        }
    };
    boost::asio::co_spawn(executor, std::move(work), std::move(at_end));
}

/// Ends work before its time. Outlives the work; one I/O thread.
class Cancellation {
  public:
    /// The work ends at the wait it is in, or at its next one, by an exception that unwinds it.
    /// Waits for a disk thread or for a chunk are waited out.
    void cancel() {
        cancelled_ = true;
        signal_.emit(boost::asio::cancellation_type::terminal);
    }
    bool cancelled() const { return cancelled_; }
    boost::asio::cancellation_slot slot() { return signal_.slot(); }

  private:
    boost::asio::cancellation_signal signal_;
    bool cancelled_ = false;
};

/// As above, for work with an outcome that can be cancelled. An exception is an outcome too:
/// cancelled, or internal if nobody cancelled.
template <class T>
void spawn(const IoExecutor& executor,
           Task<T> work,
           Cancellation& cancellation,
           std::function<void(Result<T>)> finished) {
    auto at_end = [finished = std::move(finished), &cancellation](const std::exception_ptr& thrown,
                                                                  Result<T> outcome) {
        if (thrown && cancellation.cancelled()) {
            outcome = fail(ErrorKind::cancelled, "cancelled");
        } else if (thrown) {
            outcome = fail(ErrorKind::internal, "the work ended by an exception");
        }
        finished(std::move(outcome));
    };
    auto handler = boost::asio::bind_cancellation_slot(cancellation.slot(), std::move(at_end));
    boost::asio::co_spawn(executor, std::move(work), std::move(handler));
}

}  // namespace slipway
