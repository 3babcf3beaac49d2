// SPDX-License-Identifier: Apache-2.0
#include "engine/transfer.h"

#include "objects/retry.h"
#include "task/signal.h"
#include "task/spawn.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <random>
#include <utility>
#include <vector>

namespace slipway::engine {
namespace {

double uniform() {
    thread_local std::minstd_rand source{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(source);
}

Instant now() {
    return std::chrono::steady_clock::now();
}

using Gave = std::function<void(std::size_t)>;

/// Gives its chunks away one after the other, so that each one's memory is free once it is sent,
/// and tells when the last one is.
class PartBody final : public BodyReader {
  public:
    /// `gave` is called with the size of each chunk, and with 0 after the last.
    PartBody(std::vector<Chunk> chunks, std::uint64_t size, const Gave& gave)
        : chunks_(std::move(chunks)), size_(size), gave_(gave) {}

    Task<Chunk> read() override {
        Chunk chunk;
        if (next_ < chunks_.size()) {
            chunk = std::move(chunks_[next_++]);
        }
        gave_(chunk.size());
        co_return chunk;
    }
    std::optional<std::uint64_t> size() const override { return size_; }

  private:
    std::vector<Chunk> chunks_;
    std::uint64_t size_;
    std::size_t next_ = 0;
    const Gave& gave_;
};

StepResult to_result(const Result<>& outcome, std::chrono::steady_clock::duration latency) {
    StepResult result;
    result.latency = std::chrono::duration_cast<std::chrono::microseconds>(latency);
    if (outcome) {
        return result;
    }
    const Error& error = outcome.error();
    if (!objects::is_temporary(error)) {
        result.kind = StepResult::Kind::failed;
        return result;
    }
    result.kind = StepResult::Kind::again;
    result.pushed_back = true;
    if (error.retry_after.count() > 0) {
        result.retry_after = error.retry_after;
    }
    return result;
}

/// A store that says what it has must have what was sent.
Result<> check_stored(const objects::Checksum& sent,
                      const std::optional<objects::Checksum>& stored) {
    if (stored && stored->algorithm == sent.algorithm && stored->value != sent.value) {
        return fail(ErrorKind::corrupted,
                    fmt::format("the store has {} {}, {} was sent", to_string(sent.algorithm),
                                stored->value, sent.value),
                    "BadDigest");
    }
    return {};
}

}  // namespace

struct Transfer::State {
    State(objects::ObjectStore& store_used, TransferOptions options_used)
        : store(store_used),
          options(std::move(options_used)),
          scheduler(options.scheduler),
          // Room for what the scheduler lets be read, in whole chunks: nobody waits for a chunk
          // while holding others.
          pool(options.scheduler.memory_bytes +
               (limits::engine_requests_max + 1) * limits::chunk_bytes) {
        if (!options.random) {
            options.random = uniform;
        }
    }

    /// A file between add() and its end.
    struct Open {
        NewFile file;
        objects::MultipartUpload upload;
        std::vector<objects::PartInfo> parts;
        FileReport report;
    };

    Async<void> take_files(Feed& feed);
    Task<> read_feed(Feed& feed);
    Async<void> carry_out(Step step);
    Task<> attempt(const Step& step, Open& open, const Gave& gave);
    Task<> put(const Step& step, Open& open, const Gave& gave);
    Task<> put_part(const Step& step, Open& open, const Gave& gave);
    Task<> create(Open& open);
    Task<> complete(Open& open);
    void tell_sent(Slot slot, std::int64_t bytes);
    void report(const Decision& decision);
    void refuse(NewFile file, Error error);

    objects::ObjectStore& store;
    TransferOptions options;
    Scheduler scheduler;
    ChunkPool pool;
    std::deque<Open> open_files;   // by slot; steps under way refer to them
    std::optional<Signal> wake;    // of run()
    std::optional<Signal> hungry;  // of take_files()
    bool fed = false;              // take_files() has come to its end
    Result<> feed_outcome;
};

Transfer::Transfer(objects::ObjectStore& store, TransferOptions options)
    : state_(std::make_unique<State>(store, std::move(options))) {
}
Transfer::~Transfer() = default;

void Transfer::cancel() {
    state_->scheduler.cancel();
    if (state_->wake) {
        state_->wake->raise();
    }
}

Task<> Transfer::run(Feed& feed) {
    State& state = *state_;
    const IoExecutor executor = co_await this_executor();
    state.wake.emplace(executor);
    state.hungry.emplace(executor);
    std::function<void()> fed = [&state] {
        state.fed = true;
        state.scheduler.no_more_files();
        state.wake->raise();
    };
    spawn(executor, state.take_files(feed), std::move(fed));
    while (true) {
        const Decision decision = state.scheduler.next(now());
        switch (decision.kind) {
            case Decision::Kind::step:
                spawn(executor, state.carry_out(decision.step));
                continue;
            case Decision::Kind::ended:
                state.report(decision);
                continue;
            case Decision::Kind::done:
                if (state.fed) {
                    co_return std::move(state.feed_outcome);
                }
                break;
            case Decision::Kind::feed:
            case Decision::Kind::wait:
                break;
        }
        state.hungry->raise();
        co_await state.wake->wait_until(decision.until);
    }
}

Async<void> Transfer::State::take_files(Feed& feed) {
    feed_outcome = co_await read_feed(feed);
}

Task<> Transfer::State::read_feed(Feed& feed) {
    while (true) {
        while (!scheduler.wants_files()) {
            co_await hungry->wait();
        }
        SLIPWAY_CO_TRY(next, co_await feed.next());
        if (!next) {
            co_return Result<>();
        }
        const auto slot = scheduler.add(next->source->size());
        if (!slot) {
            refuse(*std::move(next), slot.error());
            continue;
        }
        if (open_files.size() <= *slot) {
            open_files.resize(*slot + 1);
        }
        Open open;
        open.report.slot = *slot;
        open.report.key = next->key;
        open.report.path = next->path;
        open.report.size = next->source->size();
        open.file = *std::move(next);
        open_files[*slot] = std::move(open);
        wake->raise();
    }
}

void Transfer::State::refuse(NewFile file, Error error) {
    FileReport report;
    report.key = std::move(file.key);
    report.path = std::move(file.path);
    report.size = file.source->size();
    report.end = FileEnd::failed;
    report.error = std::move(error);
    if (options.ended) {
        options.ended(std::move(report));
    }
}

void Transfer::State::report(const Decision& decision) {
    Open open = std::exchange(open_files[decision.step.slot], Open());
    open.report.end = decision.end;
    if (open.report.requests == 0) {
        open.report.slot.reset();
    }
    if (decision.end == FileEnd::cancelled) {
        open.report.error = fail(ErrorKind::cancelled, "cancelled").value();
    } else if (decision.end == FileEnd::gave_up && open.report.error.message.empty()) {
        open.report.error =
            fail(ErrorKind::unavailable, "not tried: the store took nothing for too long").value();
    }
    if (options.ended) {
        options.ended(std::move(open.report));
    }
}

Async<void> Transfer::State::carry_out(Step step) {
    Open& open = open_files[step.slot];
    if (++open.report.requests == 1 && options.begun) {
        options.begun(step.slot, open.report);
    }
    Instant sent_at = now();
    std::int64_t bytes_given = 0;
    bool told = step.kind != Step::Kind::put && step.kind != Step::Kind::part;
    const Gave gave = [&](std::size_t bytes) {
        if (bytes > 0) {
            bytes_given += static_cast<std::int64_t>(bytes);
            tell_sent(step.slot, static_cast<std::int64_t>(bytes));
        } else if (!std::exchange(told, true)) {
            sent_at = now();
            scheduler.sent(step);
            wake->raise();
        }
    };
    const auto outcome = co_await attempt(step, open, gave);
    gave(0);
    const StepResult result = to_result(outcome, now() - sent_at);
    if (!outcome) {
        open.report.error = outcome.error();
        tell_sent(step.slot, -bytes_given);
        if (result.kind == StepResult::Kind::again && options.retried) {
            options.retried(step.slot, open.report);
        }
    }
    scheduler.finished(step, result, now(), options.random());
    wake->raise();
}

void Transfer::State::tell_sent(Slot slot, std::int64_t bytes) {
    if (options.sent && bytes != 0) {
        options.sent(slot, bytes);
    }
}

Task<> Transfer::State::attempt(const Step& step, Open& open, const Gave& gave) {
    switch (step.kind) {
        case Step::Kind::put:
            co_return co_await put(step, open, gave);
        case Step::Kind::create:
            co_return co_await create(open);
        case Step::Kind::part:
            co_return co_await put_part(step, open, gave);
        case Step::Kind::complete:
            co_return co_await complete(open);
        case Step::Kind::abort:
            co_return co_await store.abort_multipart(open.upload);
    }
    co_return Result<>();
}

Task<> Transfer::State::put(const Step& step, Open& open, const Gave& gave) {
    SLIPWAY_CO_TRY(bytes, co_await open.file.source->read(step.part, options.checksum, pool));
    objects::PutRequest request;
    request.bucket = options.bucket;
    request.key = open.file.key;
    request.attributes = open.file.attributes;
    request.conditions = open.file.conditions;
    request.checksum = bytes.checksum;
    PartBody body(std::move(bytes.chunks), step.part.size, gave);
    SLIPWAY_CO_TRY(info, co_await store.put(request, body));
    SLIPWAY_CO_CHECK(check_stored(bytes.checksum, info.checksum));
    open.report.info = std::move(info);
    co_return Result<>();
}

Task<> Transfer::State::create(Open& open) {
    objects::CreateMultipartRequest request;
    request.bucket = options.bucket;
    request.key = open.file.key;
    request.attributes = open.file.attributes;
    request.checksum_algorithm = options.checksum;
    SLIPWAY_CO_TRY(upload, co_await store.create_multipart(request));
    open.upload = std::move(upload);
    co_return Result<>();
}

Task<> Transfer::State::put_part(const Step& step, Open& open, const Gave& gave) {
    SLIPWAY_CO_TRY(bytes, co_await open.file.source->read(step.part, options.checksum, pool));
    objects::PutPartRequest request;
    request.upload = open.upload;
    request.number = step.part.number;
    request.checksum = bytes.checksum;
    PartBody body(std::move(bytes.chunks), step.part.size, gave);
    SLIPWAY_CO_TRY(info, co_await store.put_part(request, body));
    SLIPWAY_CO_CHECK(check_stored(bytes.checksum, info.checksum));
    info.checksum = std::move(bytes.checksum);
    open.parts.push_back(std::move(info));
    co_return Result<>();
}

Task<> Transfer::State::complete(Open& open) {
    std::ranges::sort(open.parts, {}, &objects::PartInfo::number);
    objects::CompleteMultipartRequest request;
    request.upload = open.upload;
    request.parts = open.parts;
    request.size = open.report.size;
    request.conditions = open.file.conditions;
    SLIPWAY_CO_TRY(info, co_await store.complete_multipart(request));
    open.report.info = std::move(info);
    co_return Result<>();
}

}  // namespace slipway::engine
