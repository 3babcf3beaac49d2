// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/s3.h"

#include "client.h"
#include "wakeup.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace slipway::python {

/// One page of a listing.
struct Listing {
    std::vector<ListEntry> entries;
    bool more = false;
};

/// What could not be deleted.
using NotRemoved = std::vector<RemoveEvent>;

/// What the operations answer with.
using Value = std::variant<std::monostate,
                           std::string,
                           std::vector<std::string>,
                           ObjectSummary,
                           Listing,
                           NotRemoved,
                           PresignedPost>;

/// One request, or a few that belong together, on a thread of the client's. The descriptor becomes
/// readable when it is over. Any thread.
class Operation {
  public:
    using Work = std::function<Result<Value>(S3& s3, Operation& self)>;

    /// `client` outlives what was started on it.
    static std::shared_ptr<Operation> start(Client& client, Work work);

    int descriptor() const { return wakeup_.descriptor(); }
    bool over() const { return over_; }
    /// Once it is over.
    const Result<Value>& result() const { return *result_; }

    /// Ends it early where it can be: its work said how.
    void cancel();
    /// For `work`: what cancel() does while it runs; called at once if that was before.
    void on_cancel(std::function<void()> stop);

  private:
    void run(S3& s3, const Work& work);

    const Wakeup wakeup_;
    std::optional<Result<Value>> result_;
    std::atomic<bool> over_ = false;
    std::mutex mutex_;  // guards what follows
    std::function<void()> stop_;
    bool cancelled_ = false;
};

}  // namespace slipway::python
