// SPDX-License-Identifier: Apache-2.0
#include "engine/transfer.h"

#include "base/random.h"
#include "engine/file_requests.h"
#include "engine/outcome.h"
#include "task/signal.h"
#include "task/spawn.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::engine {
namespace {

/// Bytes or words were garbled on their way, or so it looks; a source that changed was not.
bool is_garbled(const Error& error) {
    return error.kind == ErrorKind::corrupted && error.code != "SourceChanged";
}

/// Who asks, or where, is at fault: no other file will fare better.
bool concerns_all(const Error& error) {
    static constexpr std::array<std::string_view, 6> codes{
        "NoSuchBucket",          "InvalidBucketName", "InvalidAccessKeyId",
        "SignatureDoesNotMatch", "InvalidToken",      "ExpiredToken"};
    return std::ranges::find(codes, error.code) != codes.end();
}

}  // namespace

struct Transfer::State {
    State(objects::ObjectStore& store_used, TransferOptions options_used)
        : store(store_used),
          options(std::move(options_used)),
          scheduler(paced(options.scheduler, options.pacer)),
          // Room for what the scheduler lets be read, in whole chunks: nobody waits for a chunk
          // while holding others.
          pool(options.scheduler.memory_bytes +
               (limits::engine_requests_max + 1) * limits::chunk_bytes) {
        if (!options.random) {
            options.random = random_fraction;
        }
    }

    /// A file from its first step, or from its end if it came without one.
    struct Begun {
        Begun(Slot slot, NewFile file);
        FileReport report;
        FileRequests requests;
        unsigned garbled = 0;  // answers that is_garbled()
    };

    /// A file between add() and its end. A thousand may wait: they take what they must.
    struct Open {
        std::optional<NewFile> waiting;
        std::unique_ptr<Begun> begun;
    };

    /// A step under way.
    struct Running {
        explicit Running(const Step& carried_out) : step(carried_out) {}
        const Step step;
        Gave gave;
        bool told_sent = false;
        std::int64_t bytes_given = 0;
        Instant sent_at{};
        Cancellation cancellation;
    };
    using Place = std::list<Running>::iterator;

    static SchedulerOptions paced(SchedulerOptions options, const Pacer* pacer) {
        if (pacer != nullptr) {
            options.requests_max = std::min(options.requests_max, pacer->requests_max());
        }
        return options;
    }

    Instant now() const { return now_on(options.timeline); }
    bool overdue() const { return cancel_until != Instant::max() && now() >= cancel_until; }

    Task<> take_files(Feed& feed);
    void fed(Result<> outcome);
    Begun& begin(Slot slot);
    void start(const IoExecutor& executor, const Step& step);
    void gave(Running& run, std::size_t bytes);
    void finished(Place place, const Result<bool>& requested);
    void cancel();
    StepResult result_of(const Running& run, const Result<bool>& requested);
    /// What is left open now is known to the next run.
    bool journaled() const { return options.journal && !options.journal->broken(); }
    void break_off_what_is_overdue();
    void tell_sent(Slot slot, std::int64_t bytes);
    void report(const Decision& decision);
    void refuse(const NewFile& file, Error error);

    objects::ObjectStore& store;
    TransferOptions options;
    Scheduler scheduler;
    ChunkPool pool;
    const RequestSettings settings{store, options, pool, options.pacer};
    std::vector<Open> open_files;  // by slot
    std::list<Running> running;
    std::optional<Signal> wake;    // of run()
    std::optional<Signal> hungry;  // of take_files()
    Cancellation feeding;
    bool feed_ended = false;
    Result<> feed_outcome;
    bool anything_done = false;             // a request succeeded
    std::optional<Error> fatal;             // the reason why none will
    Instant cancel_until = Instant::max();  // set by cancel()
};

Transfer::Transfer(objects::ObjectStore& store, TransferOptions options)
    : state_(std::make_unique<State>(store, std::move(options))) {
}
Transfer::~Transfer() = default;

Transfer::State::Begun::Begun(Slot slot, NewFile file)
    : report(report_of(file)), requests(std::move(file)) {
    report.slot = slot;
}

void Transfer::cancel() {
    state_->cancel();
}

void Transfer::State::cancel() {
    if (cancel_until != Instant::max()) {
        return;
    }
    cancel_until = now() + limits::engine_cancel_time_max;
    scheduler.keep_uploads(journaled());
    scheduler.cancel();
    feeding.cancel();
    for (Running& run : running) {
        if (moves_bytes(run.step)) {
            run.cancellation.cancel();
        }
    }
    if (wake) {
        wake->raise();
    }
}

Task<> Transfer::run(Feed& feed) {
    State& state = *state_;
    const IoExecutor executor = co_await this_executor();
    state.wake.emplace(executor, state.options.timeline);
    state.hungry.emplace(executor, state.options.timeline);
    std::function<void(Result<>)> fed = [&state](Result<> outcome) {
        state.fed(std::move(outcome));
    };
    spawn(executor, state.take_files(feed), state.feeding, std::move(fed));
    while (true) {
        state.break_off_what_is_overdue();
        const Decision decision = state.scheduler.next(state.now());
        switch (decision.kind) {
            case Decision::Kind::step:
                state.start(executor, decision.step);
                continue;
            case Decision::Kind::ended:
                state.report(decision);
                continue;
            case Decision::Kind::done:
                if (state.feed_ended) {
                    co_return state.fatal ? fail(*std::move(state.fatal))
                                          : std::move(state.feed_outcome);
                }
                break;
            case Decision::Kind::feed:
            case Decision::Kind::wait:
                break;
        }
        state.hungry->raise();
        // Once that is over it has nothing to say any more.
        const Instant cancel_until = state.overdue() ? Instant::max() : state.cancel_until;
        co_await state.wake->wait_until(std::min(decision.until, cancel_until));
    }
}

Task<> Transfer::State::take_files(Feed& feed) {
    while (!feeding.cancelled()) {
        if (!scheduler.wants_files()) {
            co_await hungry->wait();
            continue;
        }
        SLIPWAY_CO_TRY(next, co_await feed.next());
        if (!next) {
            break;
        }
        const auto slot = scheduler.add(next->source->size());
        if (!slot) {
            refuse(*next, slot.error());
            continue;
        }
        if (open_files.size() <= *slot) {
            open_files.resize(*slot + 1);
        }
        open_files[*slot].waiting = *std::move(next);
        wake->raise();
    }
    co_return Result<>();
}

void Transfer::State::fed(Result<> outcome) {
    feed_ended = true;
    if (!feeding.cancelled()) {
        feed_outcome = std::move(outcome);
    }
    scheduler.no_more_files();
    wake->raise();
}

void Transfer::State::refuse(const NewFile& file, Error error) {
    FileReport report = report_of(file);
    report.end = FileEnd::failed;
    report.error = std::move(error);
    if (options.ended) {
        options.ended(std::move(report));
    }
}

void Transfer::State::report(const Decision& decision) {
    begin(decision.step.slot);
    const auto file = std::exchange(open_files[decision.step.slot].begun, nullptr);
    FileReport& report = file->report;
    report.upload_left = file->requests.upload_left();
    report.upload_kept = report.upload_left && decision.end != FileEnd::failed && journaled();
    report.info = std::move(file->requests).info();
    if (options.journal && decision.end == FileEnd::stored) {
        options.journal->give_up(report.key);
    }
    say_end(report, decision.end, scheduler.patience());
    if (options.ended) {
        options.ended(std::move(report));
    }
}

Transfer::State::Begun& Transfer::State::begin(Slot slot) {
    Open& open = open_files[slot];
    if (open.waiting) {
        open.begun = std::make_unique<Begun>(slot, *std::exchange(open.waiting, std::nullopt));
    }
    return *open.begun;
}

void Transfer::State::start(const IoExecutor& executor, const Step& step) {
    Begun& file = begin(step.slot);
    if (++file.report.requests == 1 && options.begun) {
        options.begun(step.slot, file.report);
    }
    const Place place = running.emplace(running.end(), step);
    Running& run = *place;
    run.sent_at = now();
    run.gave = [this, &run](std::size_t bytes) { gave(run, bytes); };
    std::function<void(Result<bool>)> at_end = [this, place](const Result<bool>& requested) {
        finished(place, requested);
    };
    spawn(executor, file.requests.carry_out(run.step, settings, run.gave), run.cancellation,
          std::move(at_end));
}

void Transfer::State::gave(Running& run, std::size_t bytes) {
    if (bytes > 0) {
        run.bytes_given += static_cast<std::int64_t>(bytes);
        tell_sent(run.step.slot, static_cast<std::int64_t>(bytes));
    } else if (moves_bytes(run.step) && !std::exchange(run.told_sent, true)) {
        run.sent_at = now();
        scheduler.sent(run.step);
        wake->raise();
    }
}

void Transfer::State::finished(Place place, const Result<bool>& requested) {
    Running& run = *place;
    const Step step = run.step;
    FileReport& report = open_files[step.slot].begun->report;
    gave(run, 0);
    const StepResult result = result_of(run, requested);
    if (requested && !*requested) {  // its bytes are there, if not from this run
        tell_sent(step.slot, static_cast<std::int64_t>(step.part.size) - run.bytes_given);
    }
    if (!requested) {
        note_error(report, requested.error(), result.kind);
        tell_sent(step.slot, -run.bytes_given);
        if (result.kind == StepResult::Kind::again && options.retried) {
            options.retried(step.slot, report);
        }
    }
    running.erase(place);
    scheduler.keep_uploads(journaled());  // the run may end here
    scheduler.finished(step, result, now(), options.random());
    anything_done = anything_done || result.kind == StepResult::Kind::ok;
    if (result.kind == StepResult::Kind::failed && !anything_done && !fatal &&
        concerns_all(requested.error())) {
        fatal = requested.error();
        cancel();
    }
    wake->raise();
}

StepResult Transfer::State::result_of(const Running& run, const Result<bool>& requested) {
    if (requested) {
        StepResult result;
        if (*requested) {
            result.latency =
                std::chrono::duration_cast<std::chrono::microseconds>(now() - run.sent_at);
        }
        return result;
    }
    const Error& error = requested.error();
    StepResult result = to_result(error);
    if (is_garbled(error) &&
        ++open_files[run.step.slot].begun->garbled < limits::retry_attempts_max) {
        result.kind = StepResult::Kind::again;
    }
    if (overdue()) {
        result.kind = StepResult::Kind::failed;
    }
    if (run.step.kind == Step::Kind::create && error.code == "NotImplemented") {
        result.kind = StepResult::Kind::no_parts;
    }
    return result;
}

/// The time for what cancel() leaves running is over: nothing is tried again after this.
void Transfer::State::break_off_what_is_overdue() {
    if (!overdue()) {
        return;
    }
    scheduler.give_up_aborts();
    for (Running& run : running) {
        if (!run.cancellation.cancelled()) {
            run.cancellation.cancel();
        }
    }
}

void Transfer::State::tell_sent(Slot slot, std::int64_t bytes) {
    if (options.sent && bytes != 0) {
        options.sent(slot, bytes);
    }
}

}  // namespace slipway::engine
