// SPDX-License-Identifier: Apache-2.0
#include "slipway/s3.h"

#include "api/object_sources.h"
#include "api/s3_state.h"
#include "base/limits.h"
#include "s3/limits.h"
#include "task/for_each.h"

#include <string>
#include <utility>
#include <vector>

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

/// One run of remove_all(): DeleteObjects, some at once, or a DELETE for each object where the
/// store has none. Everything on one I/O thread.
class Removal {
  public:
    Removal(objects::ObjectStore& store,
            engine::ObjectFeed& feed,
            bool dry_run,
            const std::function<void(const RemoveEvent&)>& each)
        : store_(store), feed_(feed), dry_run_(dry_run), each_(each) {}

    Task<RemoveReport> run() {
        auto work = [this](std::size_t) { return remove_batches(); };
        co_await for_each(limits::remove_batches_max, limits::remove_batches_max, std::move(work));
        SLIPWAY_CO_CHECK(std::move(outcome_));
        co_return report_;
    }

  private:
    /// Keys of one bucket.
    struct Batch {
        std::string bucket;
        std::vector<std::string> keys;
        std::size_t key_bytes = 0;
        bool full() const {
            return keys.size() == s3::delete_objects_max ||
                   key_bytes > limits::remove_batch_key_bytes_max;
        }
    };

    Async<void> remove_batches() {
        Batch batch;
        while (outcome_) {
            auto found = co_await feed_.next();
            if (!found) {
                outcome_ = tl::unexpected(found.error());
            }
            const bool more = found && *found;
            const std::string& bucket = more ? feed_.source((*found)->source).bucket : batch.bucket;
            if (!more || batch.full() || bucket != batch.bucket) {
                co_await remove(std::exchange(batch, Batch()));
                batch.bucket = bucket;
            }
            if (!more) {
                co_return;
            }
            batch.key_bytes += (*found)->key.size();
            batch.keys.push_back(std::move((*found)->key));
        }
    }

    Async<void> remove(Batch batch) {
        std::vector<Result<>> outcomes(batch.keys.size());
        if (!dry_run_) {
            const bool together = batch.keys.size() > 1 && together_;
            if (!together || !co_await remove_together(batch, outcomes)) {
                co_await remove_singly(batch, outcomes);
            }
        }
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            tell(batch.bucket, std::move(batch.keys[i]), std::move(outcomes[i]));
        }
    }

    /// Whether the store knows how to.
    Async<bool> remove_together(const Batch& batch, std::vector<Result<>>& outcomes) {
        auto removed = co_await store_.remove_many(batch.bucket, batch.keys);
        if (removed) {
            outcomes = *std::move(removed);
            co_return true;
        }
        const Error& error = removed.error();
        if (error.code == "NotImplemented" || error.code == "MethodNotAllowed") {
            together_ = false;
            co_return false;
        }
        outcomes.assign(batch.keys.size(), tl::unexpected(error));
        co_return true;
    }

    Async<void> remove_singly(const Batch& batch, std::vector<Result<>>& outcomes) {
        constexpr auto at_once = limits::remove_requests_max / limits::remove_batches_max;
        auto work = [this, &batch, &outcomes](std::size_t index) {
            return remove_one(batch, index, outcomes);
        };
        co_await for_each(batch.keys.size(), at_once, std::move(work));
    }

    Async<void> remove_one(const Batch& batch, std::size_t index, std::vector<Result<>>& outcomes) {
        outcomes[index] = co_await store_.remove(batch.bucket, batch.keys[index]);
    }

    void tell(const std::string& bucket, std::string key, Result<> outcome) {
        RemoveEvent event;
        event.object.bucket = bucket;
        event.object.key = std::move(key);
        if (!outcome) {
            event.error = std::move(outcome).error();
        }
        ++(event.error ? report_.failed : report_.removed);
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
    bool together_ = true;  // until the store says it cannot
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
