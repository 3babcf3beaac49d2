// SPDX-License-Identifier: Apache-2.0
#include "slipway/s3.h"

#include "api/object_sources.h"
#include "api/s3_state.h"
#include "base/limits.h"
#include "task/for_each.h"

#include <utility>

namespace slipway {
namespace {

Result<std::vector<engine::ObjectSource>> sources_of(const RemoveRequest& request) {
    std::vector<engine::ObjectSource> sources;
    for (const S3Uri& target : request.targets) {
        if (target.key.empty() && !request.recursive) {
            return fail(ErrorKind::invalid_argument,
                        to_string(target) + " is a whole bucket: to delete all that is in it, " +
                            "say so with --recursive");
        }
        sources.push_back(api::to_source(target, request.recursive));
    }
    return sources;
}

/// One run of remove_all(); everything on one I/O thread.
class Removal {
  public:
    Removal(objects::ObjectStore& store,
            engine::ObjectFeed& feed,
            bool dry_run,
            const std::function<void(const RemoveEvent&)>& each)
        : store_(store), feed_(feed), dry_run_(dry_run), each_(each) {}

    Task<RemoveReport> run() {
        auto work = [this](std::size_t) { return take_some(); };
        co_await for_each(limits::remove_requests_max, limits::remove_requests_max,
                          std::move(work));
        SLIPWAY_CO_CHECK(std::move(outcome_));
        co_return report_;
    }

  private:
    Async<void> take_some() {
        while (outcome_) {
            auto found = co_await feed_.next();
            if (!found) {
                outcome_ = tl::unexpected(found.error());
            } else if (!*found) {
                co_return;
            } else {
                co_await remove(**found);
            }
        }
    }

    Async<void> remove(const engine::FoundObject& found) {
        RemoveEvent event;
        event.object.bucket = feed_.source(found.source).bucket;
        event.object.key = found.key;
        if (!dry_run_) {
            const auto removed = co_await store_.remove(event.object.bucket, event.object.key);
            if (!removed) {
                event.failed = true;
                event.error = removed.error();
            }
        }
        ++(event.failed ? report_.failed : report_.removed);
        if (each_) {
            each_(event);
        }
    }

    objects::ObjectStore& store_;
    engine::ObjectFeed& feed_;
    const bool dry_run_;
    const std::function<void(const RemoveEvent&)>& each_;
    RemoveReport report_;
    Result<> outcome_;
};

}  // namespace

Result<RemoveReport> S3::remove_all(const RemoveRequest& request,
                                    const std::function<void(const RemoveEvent&)>& each) {
    SLIPWAY_TRY(sources, sources_of(request));
    SLIPWAY_TRY(filter, api::make_filter(request.rules));
    api::RemoteStore& store = *state_->store;
    engine::ObjectFeed feed(store.objects(), std::move(sources), std::move(filter));
    Removal removal(store.objects(), feed, request.dry_run, each);
    return state_->runtime.wait_for(removal.run());
}

}  // namespace slipway
