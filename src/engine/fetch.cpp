// SPDX-License-Identifier: Apache-2.0
#include "engine/fetch.h"

#include "base/clock.h"
#include "base/random.h"
#include "engine/content_check.h"
#include "engine/patience.h"
#include "engine/target_file.h"
#include "objects/retry.h"
#include "task/pause.h"
#include "task/timeline.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace slipway::engine {
namespace {

/// Shared with the writing on disk threads.
struct Checking {
    std::optional<ContentCheck> check;  // once an answer says what to hold the bytes against
};

class Fetch {
  public:
    Fetch(objects::ObjectStore& store, DiskThreads& disk, FetchRequest request)
        : store_(store),
          disk_(disk),
          request_(std::move(request)),
          arrival_(request_.bucket, request_.key) {
        if (!request_.random) {
            request_.random = random_fraction;
        }
    }

    Task<objects::ObjectInfo> run();

  private:
    Task<> attempt();
    bool may_repeat(const Error& error);

    objects::ObjectStore& store_;
    DiskThreads& disk_;
    FetchRequest request_;
    Arrival arrival_;
    const std::shared_ptr<Checking> checking_ = std::make_shared<Checking>();
    unsigned failures_ = 0;  // since bytes came
    Patience patience_{request_.no_progress_time_max};
};

Task<objects::ObjectInfo> Fetch::run() {
    patience_.begin(now_on(nullptr));
    while (true) {
        const auto outcome = co_await attempt();
        if (outcome) {
            break;
        }
        if (!may_repeat(outcome.error())) {
            co_return tl::unexpected(outcome.error());
        }
        if (request_.retried) {
            request_.retried(outcome.error());
        }
        const auto asked = patience_.grant(now_on(nullptr), outcome.error().retry_after);
        co_await pause_for(std::max(asked, objects::backoff(failures_, request_.random())));
    }
    SLIPWAY_CO_CHECK(checking_->check->finish());
    co_return *arrival_.info();
}

Task<> Fetch::attempt() {
    if (request_.requested) {
        request_.requested();
    }
    const Arrival::Write write = [checking = checking_, fd = request_.descriptor](
                                     std::uint64_t, std::span<const std::byte> bytes) {
        checking->check->update(bytes);
        return write_all(fd, bytes, "standard output");
    };
    Arrival::Told told;
    told.answered = [this](const objects::ObjectInfo& info) {
        if (!checking_->check) {
            checking_->check.emplace(info, request_.trust_etag);
        }
        if (request_.told.answered) {
            request_.told.answered(info);
        }
    };
    told.received = [this](std::uint64_t bytes) {
        failures_ = 0;
        patience_.progressed(now_on(nullptr));
        if (request_.told.received) {
            request_.told.received(bytes);
        }
    };
    co_return co_await arrival_.attempt(store_, disk_, write, told);
}

bool Fetch::may_repeat(const Error& error) {
    ++failures_;
    const bool patient = failures_ < limits::retry_attempts_max || !patience_.over(now_on(nullptr));
    return objects::is_temporary(error) && patient;
}

}  // namespace

Task<objects::ObjectInfo> fetch(objects::ObjectStore& store,
                                DiskThreads& disk,
                                FetchRequest request) {
    Fetch work(store, disk, std::move(request));
    co_return co_await work.run();
}

}  // namespace slipway::engine
