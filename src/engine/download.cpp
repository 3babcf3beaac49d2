// SPDX-License-Identifier: Apache-2.0
#include "engine/download.h"

#include "engine/fetch.h"
#include "task/signal.h"
#include "task/spawn.h"

#include <deque>
#include <optional>
#include <random>
#include <utility>

namespace slipway::engine {
namespace {

double uniform() {
    thread_local std::minstd_rand source{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(source);
}

/// Made by web consoles to show an empty folder; there is nothing to bring.
bool is_folder_mark(const FoundObject& found) {
    return found.key.ends_with('/') && found.size == 0U;
}

}  // namespace

struct Download::State {
    State(objects::ObjectStore& store_used, DiskThreads& disk_used, DownloadOptions options_used)
        : store(store_used), disk(disk_used), options(std::move(options_used)) {
        if (!options.random) {
            options.random = uniform;
        }
    }

    /// One of those that take objects from the feed, one after the other. Its number is the slot
    /// of the object it is at.
    struct Worker {
        Cancellation cancellation;
        std::optional<FileReport> report;
    };

    Task<> take_all(Slot slot, ObjectFeed& feed);
    Task<> bring(Slot slot, const std::string& bucket, const FoundObject& found);
    FetchRequest request_for(Slot slot, const std::string& bucket, const FoundObject& found);
    void finished(Slot slot, Result<> with);
    void end(Slot slot, Result<objects::ObjectInfo> with);

    objects::ObjectStore& store;
    DiskThreads& disk;
    DownloadOptions options;
    std::deque<Worker> workers;
    std::size_t running = 0;
    bool cancelled = false;
    Result<> outcome;
    std::optional<Signal> ended;  // of run()
};

Download::Download(objects::ObjectStore& store, DiskThreads& disk, DownloadOptions options)
    : state_(std::make_unique<State>(store, disk, std::move(options))) {
}
Download::~Download() = default;

void Download::cancel() {
    State& state = *state_;
    if (std::exchange(state.cancelled, true)) {
        return;
    }
    for (State::Worker& worker : state.workers) {
        worker.cancellation.cancel();
    }
}

Task<> Download::run(ObjectFeed& feed) {
    State& state = *state_;
    const IoExecutor executor = co_await this_executor();
    state.ended.emplace(executor);
    state.running = state.cancelled ? 0 : state.options.objects_max;
    state.workers.resize(state.running);
    for (Slot slot = 0; slot < state.workers.size(); ++slot) {
        std::function<void(Result<>)> at_end = [&state, slot](Result<> with) {
            state.finished(slot, std::move(with));
        };
        spawn(executor, state.take_all(slot, feed), state.workers[slot].cancellation,
              std::move(at_end));
    }
    while (state.running > 0) {
        co_await state.ended->wait();
    }
    co_return std::move(state.outcome);
}

Task<> Download::State::take_all(Slot slot, ObjectFeed& feed) {
    while (!cancelled) {
        SLIPWAY_CO_TRY(found, co_await feed.next());
        if (!found) {
            break;
        }
        if (is_folder_mark(*found)) {
            continue;
        }
        if (options.found) {
            options.found(*found);
        }
        SLIPWAY_CO_CHECK(co_await bring(slot, feed.source(found->source).bucket, *found));
    }
    co_return Result<>();
}

Task<> Download::State::bring(Slot slot, const std::string& bucket, const FoundObject& found) {
    FileReport& report = workers[slot].report.emplace();
    report.slot = slot;
    report.bucket = bucket;
    report.key = found.key;
    report.size = found.size.value_or(0);
    auto place = options.place(found);
    if (!place) {
        end(slot, tl::unexpected(place.error()));
        co_return Result<>();
    }
    report.path = place->path;
    FetchRequest request = request_for(slot, bucket, found);
    request.sink = std::move(place->sink);
    auto brought = co_await fetch(store, disk, std::move(request));
    end(slot, std::move(brought));
    co_return Result<>();
}

FetchRequest Download::State::request_for(Slot slot,
                                          const std::string& bucket,
                                          const FoundObject& found) {
    FileReport& report = *workers[slot].report;
    FetchRequest request;
    request.bucket = bucket;
    request.key = found.key;
    request.trust_etag = options.trust_etag;
    request.random = options.random;
    request.requested = [&report] { ++report.requests; };
    request.begun = [this, slot, &report](const objects::ObjectInfo& info) {
        if (options.resized && info.size != report.size) {
            options.resized(static_cast<std::int64_t>(info.size - report.size));
        }
        report.size = info.size;
        if (options.begun) {
            options.begun(slot, report);
        }
    };
    request.received = [this, slot](std::uint64_t bytes) {
        if (options.received) {
            options.received(slot, static_cast<std::int64_t>(bytes));
        }
    };
    request.retried = [this, slot, &report](const Error& why) {
        report.error = why;
        if (options.retried) {
            options.retried(slot, report);
        }
    };
    return request;
}

void Download::State::end(Slot slot, Result<objects::ObjectInfo> with) {
    FileReport report = *std::exchange(workers[slot].report, std::nullopt);
    if (with) {
        report.end = FileEnd::stored;
        report.info = *std::move(with);
    } else {
        const bool given_up = with.error().kind == ErrorKind::cancelled;
        report.end = given_up ? FileEnd::cancelled : FileEnd::failed;
        report.error = std::move(with).error();
    }
    if (options.ended) {
        options.ended(std::move(report));
    }
}

void Download::State::finished(Slot slot, Result<> with) {
    if (workers[slot].report) {
        end(slot, tl::unexpected(with ? fail(ErrorKind::internal, "lost").value() : with.error()));
    }
    if (!with && !cancelled) {
        outcome = std::move(with);
    }
    --running;
    ended->raise();
}

}  // namespace slipway::engine
