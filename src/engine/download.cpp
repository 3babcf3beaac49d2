// SPDX-License-Identifier: Apache-2.0
#include "engine/download.h"

#include "base/random.h"
#include "engine/object_requests.h"
#include "engine/outcome.h"
#include "objects/retry.h"
#include "task/pause.h"
#include "task/signal.h"
#include "task/spawn.h"
#include "task/waiters.h"

#include <chrono>
#include <deque>
#include <list>
#include <optional>
#include <utility>

namespace slipway::engine {
namespace {

/// Made by web consoles to show an empty folder; there is nothing to bring.
bool is_folder_mark(const FoundObject& found) {
    return found.key.ends_with('/') && found.size == 0U;
}

/// Looking at an object is tried again as patiently as the rest of a download.
objects::RetryingStore::Options patiently(const DownloadOptions& options) {
    objects::RetryingStore::Options retries;
    retries.attempts_max = limits::download_look_attempts_max;
    retries.patience = options.scheduler.no_progress_time_max;
    retries.rest_max = limits::download_look_rest_max;
    retries.random = options.random;
    retries.pause = [timeline = options.timeline](std::chrono::milliseconds time) {
        return pause_on(timeline, time);
    };
    retries.now = [timeline = options.timeline] { return now_on(timeline); };
    return retries;
}

}  // namespace

DownloadOptions::DownloadOptions() {
    scheduler.memory_bytes = std::numeric_limits<std::uint64_t>::max() / 2;
}

struct Download::State {
    State(objects::ObjectStore& store_used, DiskThreads& disk_used, DownloadOptions options_used)
        : store(store_used),
          disk(disk_used),
          options(std::move(options_used)),
          scheduler(options.scheduler),
          looking(store, patiently(options)) {
        if (!options.random) {
            options.random = random_fraction;
        }
    }

    /// An object between add() and its end.
    struct Open {
        ObjectRequests requests;
        FileReport report;
    };

    /// A step under way.
    struct Running {
        explicit Running(const Step& carried_out) : step(carried_out) {}
        const Step step;
        Arrival::Told told;
        Instant asked_at{};
        Instant answered_at = Instant::max();
        Cancellation cancellation;
    };
    using Place = std::list<Running>::iterator;

    Instant now() const { return now_on(options.timeline); }

    void start_taking(const IoExecutor& executor, ObjectFeed& feed);
    Task<> take_all(ObjectFeed& feed);
    Task<> take(const std::string& bucket, FoundObject found);
    Task<bool> look(WantedObject& wanted, FoundObject& found);
    void add(WantedObject wanted, FileReport report);
    void taken_all(Result<> outcome);

    void start(const IoExecutor& executor, const Step& step);
    void answered(Running& run, const objects::ObjectInfo& info);
    void received(const Running& run, std::uint64_t bytes);
    void finished(Place place, const Result<>& outcome);
    StepResult result_of(const Running& run, const Result<>& outcome) const;
    void report(const Decision& decision);
    void end(FileReport report, FileEnd how);

    objects::ObjectStore& store;
    DiskThreads& disk;
    DownloadOptions options;
    Scheduler scheduler;
    objects::RetryingStore looking;
    const ArrivalSettings settings{store, disk, options.trust_etag};
    std::deque<Open> open_objects;  // by slot; steps under way refer to them
    std::list<Running> running;
    std::optional<Signal> wake;       // of run()
    Waiters hungry;                   // those that take
    std::deque<Cancellation> takers;  // of those that take objects from the feed and look at them
    std::size_t taking = 0;
    Result<> feed_outcome;
    bool cancelled = false;
};

Download::Download(objects::ObjectStore& store, DiskThreads& disk, DownloadOptions options)
    : state_(std::make_unique<State>(store, disk, std::move(options))) {
}
Download::~Download() = default;

objects::ObjectStore& Download::patient_store() {
    return state_->looking;
}

void Download::cancel() {
    State& state = *state_;
    if (std::exchange(state.cancelled, true)) {
        return;
    }
    state.scheduler.cancel();
    for (Cancellation& taker : state.takers) {
        taker.cancel();
    }
    state.hungry.wake_all();
    for (State::Running& run : state.running) {
        if (run.step.kind != Step::Kind::complete) {
            run.cancellation.cancel();
        }
    }
    if (state.wake) {
        state.wake->raise();
    }
}

Task<> Download::run(ObjectFeed& feed) {
    State& state = *state_;
    const IoExecutor executor = co_await this_executor();
    state.wake.emplace(executor, state.options.timeline);
    state.start_taking(executor, feed);
    while (true) {
        const Decision decision = state.scheduler.next(state.now());
        switch (decision.kind) {
            case Decision::Kind::step:
                state.start(executor, decision.step);
                continue;
            case Decision::Kind::ended:
                state.report(decision);
                continue;
            case Decision::Kind::done:
                if (state.taking == 0) {
                    co_return std::move(state.feed_outcome);
                }
                break;
            case Decision::Kind::feed:
            case Decision::Kind::wait:
                break;
        }
        if (state.scheduler.wants_files()) {
            state.hungry.wake_all();
        }
        co_await state.wake->wait_until(decision.until);
    }
}

void Download::State::start_taking(const IoExecutor& executor, ObjectFeed& feed) {
    takers.resize(cancelled ? 1 : limits::feed_compares_max);
    taking = takers.size();
    for (Cancellation& taker : takers) {
        std::function<void(Result<>)> at_end = [this](Result<> outcome) {
            taken_all(std::move(outcome));
        };
        spawn(executor, take_all(feed), taker, std::move(at_end));
    }
}

Task<> Download::State::take_all(ObjectFeed& feed) {
    while (!cancelled) {
        if (!scheduler.wants_files()) {
            co_await hungry.wait(hungry.ticket());
            continue;
        }
        SLIPWAY_CO_TRY(found, co_await feed.next());
        if (!found) {
            break;
        }
        if (!is_folder_mark(*found)) {
            const std::string& bucket = feed.source(found->source).bucket;
            SLIPWAY_CO_CHECK(co_await take(bucket, *std::move(found)));
        }
    }
    co_return Result<>();
}

void Download::State::taken_all(Result<> outcome) {
    if (!outcome && !cancelled) {
        feed_outcome = std::move(outcome);
    }
    if (--taking == 0) {
        scheduler.no_more_files();
        wake->raise();
    }
}

Task<> Download::State::take(const std::string& bucket, FoundObject found) {
    WantedObject wanted;
    wanted.bucket = bucket;
    wanted.key = found.key;
    FileReport report;
    report.bucket = bucket;
    report.key = found.key;
    auto place = options.place(found);
    Result<bool> there = false;
    if (place) {
        report.path = std::move(place->path);
        wanted.file = std::move(place->file);
        there = co_await look(wanted, found);
    }
    wanted.size = found.size.value_or(0);
    report.size = wanted.size;
    if (options.found) {
        options.found(found);
    }
    if (!place || !there) {
        report.error = place ? there.error() : place.error();
        end(std::move(report), FileEnd::failed);
    } else if (!*there) {
        add(std::move(wanted), std::move(report));
    } else if (options.present) {
        options.present(report);
    }
    co_return Result<>();
}

/// Finds out what has to be known before the object is brought, and whether it need not be.
Task<bool> Download::State::look(WantedObject& wanted, FoundObject& found) {
    bool compare = options.if_changed;
    if (compare && found.size) {
        auto work = [file = wanted.file, size = *found.size] {
            return Result<bool>(file->has_size(size));
        };
        compare = *co_await disk.run(std::move(work));
    }
    if (found.size && !compare) {
        co_return false;
    }
    objects::GetRequest request;
    request.bucket = wanted.bucket;
    request.key = wanted.key;
    SLIPWAY_CO_TRY(info, co_await looking.head(request));
    found.size = info.size;
    wanted.known = std::move(info);
    if (!compare) {
        co_return false;
    }
    auto work = [file = wanted.file, stored = *wanted.known, trust = options.trust_etag] {
        return Result<bool>(file->is_there(stored, trust));
    };
    co_return co_await disk.run(std::move(work));
}

void Download::State::add(WantedObject wanted, FileReport report) {
    const auto slot = cancelled ? Result<Slot>(fail(ErrorKind::cancelled, "cancelled"))
                                : scheduler.add(wanted.size);
    if (!slot) {
        report.error = slot.error();
        end(std::move(report), cancelled ? FileEnd::cancelled : FileEnd::failed);
        return;
    }
    if (open_objects.size() <= *slot) {
        open_objects.resize(*slot + 1);
    }
    report.slot = *slot;
    open_objects[*slot] = Open{ObjectRequests(std::move(wanted)), std::move(report)};
    wake->raise();
}

void Download::State::start(const IoExecutor& executor, const Step& step) {
    Open& open = open_objects[step.slot];
    const bool asks = step.kind != Step::Kind::complete && step.kind != Step::Kind::abort;
    if (asks && ++open.report.requests == 1 && options.begun) {
        options.begun(step.slot, open.report);
    }
    const Place place = running.emplace(running.end(), step);
    Running& run = *place;
    run.asked_at = now();
    run.told.answered = [this, &run](const objects::ObjectInfo& info) { answered(run, info); };
    run.told.received = [this, &run](std::uint64_t bytes) { received(run, bytes); };
    if (moves_bytes(step)) {
        scheduler.sent(step);  // a GET has nothing to send
    }
    std::function<void(Result<>)> at_end = [this, place](const Result<>& outcome) {
        finished(place, outcome);
    };
    spawn(executor, open.requests.carry_out(run.step, settings, run.told), run.cancellation,
          std::move(at_end));
}

void Download::State::answered(Running& run, const objects::ObjectInfo& info) {
    run.answered_at = now();
    if (moves_bytes(run.step)) {
        scheduler.receiving(run.step);
    }
    FileReport& report = open_objects[run.step.slot].report;
    if (info.size != report.size) {
        const auto more = static_cast<std::int64_t>(info.size - report.size);
        report.size = info.size;
        if (options.resized) {
            options.resized(more);
        }
    }
}

void Download::State::received(const Running& run, std::uint64_t bytes) {
    scheduler.progressed(now());
    if (options.received) {
        options.received(run.step.slot, static_cast<std::int64_t>(bytes));
    }
}

void Download::State::finished(Place place, const Result<>& outcome) {
    const Running& run = *place;
    const Step step = run.step;
    Open& open = open_objects[step.slot];
    if (moves_bytes(step) && run.answered_at != Instant::max()) {
        scheduler.sent(step);
    }
    const StepResult result = result_of(run, outcome);
    if (!outcome) {
        note_error(open.report, outcome.error(), result.kind);
        if (result.kind == StepResult::Kind::again && options.retried) {
            options.retried(step.slot, open.report);
        }
    }
    running.erase(place);
    scheduler.finished(step, result, now(), options.random());
    wake->raise();
}

StepResult Download::State::result_of(const Running& run, const Result<>& outcome) const {
    if (!outcome) {
        return to_result(outcome.error());
    }
    StepResult result;
    const Instant answered_at = std::min(run.answered_at, now());
    result.latency =
        std::chrono::duration_cast<std::chrono::microseconds>(answered_at - run.asked_at);
    return result;
}

void Download::State::report(const Decision& decision) {
    Open open = std::exchange(open_objects[decision.step.slot], Open());
    FileReport& report = open.report;
    if (open.requests.info()) {
        report.info = *open.requests.info();
    }
    end(std::move(report), decision.end);
}

void Download::State::end(FileReport report, FileEnd how) {
    say_end(report, how, scheduler.patience());
    if (options.ended) {
        options.ended(std::move(report));
    }
}

}  // namespace slipway::engine
