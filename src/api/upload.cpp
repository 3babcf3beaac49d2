// SPDX-License-Identifier: Apache-2.0
#include "slipway/upload.h"

#include "api/s3_state.h"
#include "api/stream_uploads.h"
#include "api/transfer_book.h"
#include "api/upload_feed.h"
#include "engine/descriptor_reader.h"
#include "engine/left_uploads.h"
#include "engine/pacer.h"
#include "engine/transfer.h"
#include "engine/upload_journal.h"
#include "objects/retry.h"
#include "task/pause.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <unistd.h>
#include <utility>

namespace slipway {
namespace {

constexpr std::string_view standard_input = "-";

Result<objects::ChecksumAlgorithm> parse_checksum(const std::string& name) {
    const auto algorithm = objects::parse_checksum_algorithm(name);
    if (!algorithm) {
        return fail(
            ErrorKind::invalid_argument,
            fmt::format("checksum: '{}' is none of crc64nvme, crc32c, crc32, sha1, sha256", name));
    }
    return *algorithm;
}

/// Standard input as the object that the request's target names.
api::NewStream standard_input_stream(const UploadRequest& request, DiskThreads& disk) {
    api::NewStream stream;
    stream.key = request.target.key;
    stream.attributes = api::to_attributes(request.headers);
    stream.memory_bytes = limits::engine_memory_bytes;
    stream.pool = api::NewStream::make_pool(stream.memory_bytes);
    auto reader = std::make_unique<engine::DescriptorReader>(STDIN_FILENO, *stream.pool, disk);
    stream.stop = [to_stop = reader.get()] { to_stop->stop(); };
    stream.reader = std::move(reader);
    return stream;
}

Result<engine::TransferOptions> transfer_options(const UploadRequest& request) {
    engine::TransferOptions options;
    options.bucket = request.target.bucket;
    SLIPWAY_TRY(checksum, parse_checksum(request.checksum));
    options.checksum = checksum;
    if (request.max_workers > 0) {
        options.scheduler.requests_max = std::min(request.max_workers, limits::engine_requests_max);
    }
    if (request.part_bytes > 0) {
        options.scheduler.plan.part_bytes = request.part_bytes;
        options.scheduler.plan.multipart_bytes_min =
            std::max(request.part_bytes + 1, options.scheduler.plan.multipart_bytes_min);
    }
    SLIPWAY_CHECK(engine::Plan::of(0, options.scheduler.plan));
    options.scheduler.no_progress_time_max = request.no_progress_time_max;
    if (request.bytes_per_second > 0 &&
        request.bytes_per_second < limits::pacer_bytes_per_second_min) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("a rate (bytes_per_second) of {} is too low; {} is the least",
                                request.bytes_per_second, limits::pacer_bytes_per_second_min));
    }
    return options;
}

}  // namespace

/// Shared with the coroutine that runs it.
struct Upload::State : std::enable_shared_from_this<Upload::State> {
    State(S3::State& on, UploadRequest wanted, std::function<void(const UploadEvent&)> told)
        : s3(on), request(std::move(wanted)), book(request.target.bucket, std::move(told)) {}

    Result<> prepare();
    Result<> check_standard_input() const;
    Result<> open_journal(engine::TransferOptions& options);
    objects::RetryingStore::Options patience();
    Async<void> rest(std::chrono::milliseconds time);
    bool is_cancelled();
    api::StreamUploads::Options stream_options();
    api::UploadFeed::Told what_is_told();
    void begin();
    Task<> run();
    void begun(engine::Slot slot, const engine::FileReport& file);
    void ended(engine::FileReport file);
    bool from_standard_input() const;

    S3::State& s3;
    const UploadRequest request;
    api::TransferBook book;
    std::atomic<bool> cancelled{false};
    // For streams, which cannot be read again, and for looks at what is there: as patient as the
    // transfer is with files.
    std::optional<objects::RetryingStore> patient;
    std::optional<DiskThreads> callbacks;  // for functions of the program's
    std::optional<api::StreamUploads> streams;
    std::unique_ptr<api::UploadFeed> feed;
    // These are touched on the I/O thread once it runs.
    std::optional<engine::Pacer> pacer;  // if there is a limit
    std::unique_ptr<engine::UploadJournal> journal;
    std::unique_ptr<engine::Transfer> transfer;
};

Result<> Upload::State::prepare() {
    SLIPWAY_CHECK(check_standard_input());
    SLIPWAY_TRY(options, transfer_options(request));
    SLIPWAY_CHECK(open_journal(options));
    options.spread = &s3.spread;
    if (request.bytes_per_second > 0) {
        pacer.emplace(request.bytes_per_second, nullptr);
        options.pacer = &*pacer;
    }
    options.begun = [this](engine::Slot slot, const engine::FileReport& file) {
        begun(slot, file);
    };
    options.sent = [this](engine::Slot slot, std::int64_t bytes) { book.moved(slot, bytes); };
    options.retried = [this](engine::Slot, const engine::FileReport& file) { book.retried(file); };
    options.ended = [this](engine::FileReport file) { ended(std::move(file)); };
    patient.emplace(s3.store->objects_once(), patience());
    streams.emplace(*patient, book, stream_options());
    if (request.next_item) {
        callbacks.emplace(limits::upload_callback_threads);
    }
    api::UploadFeed::Threads threads{s3.runtime.disk, callbacks ? &*callbacks : nullptr};
    api::UploadFeed::Target target{*patient, s3.runtime.pool, request.target.bucket, *streams};
    SLIPWAY_TRY(made, api::UploadFeed::open(request, threads, std::move(target), what_is_told()));
    feed = std::move(made);
    transfer = std::make_unique<engine::Transfer>(s3.store->objects_once(), std::move(options));
    return {};
}

Result<> Upload::State::open_journal(engine::TransferOptions& options) {
    if (request.resume && request.journal_dir.empty()) {
        return fail(ErrorKind::invalid_argument, "resume: there is no journal_dir to go on from");
    }
    if (request.journal_dir.empty() || request.dry_run || from_standard_input()) {
        return {};
    }
    SLIPWAY_TRY(opened, engine::UploadJournal::open(request.journal_dir, s3.store->url(),
                                                    request.target.bucket, s3.runtime.clock));
    journal = std::move(opened);
    options.journal = journal.get();
    options.resume = request.resume;
    return {};
}

api::UploadFeed::Told Upload::State::what_is_told() {
    api::UploadFeed::Told told;
    told.found = [this](std::uint64_t bytes) { book.found(bytes); };
    told.left_out = [this](const engine::FileReport& file, bool failed) {
        book.ended(file, !failed);
    };
    told.would_send = [this](const engine::FileReport& file) { book.would_store(file); };
    told.present = [this](const engine::FileReport& file) {
        if (journal) {
            journal->give_up(file.key);
        }
        book.not_needed(file);
    };
    return told;
}

objects::RetryingStore::Options Upload::State::patience() {
    objects::RetryingStore::Options options;
    options.patience = request.no_progress_time_max;
    options.rest_max = limits::download_look_rest_max;
    options.given_up = [this] { return cancelled.load(); };
    options.pause = [this](std::chrono::milliseconds time) { return rest(time); };
    return options;
}

/// Not for longer than anybody wants it to end well.
Async<void> Upload::State::rest(std::chrono::milliseconds time) {
    const Instant end = Instant::clock::now() + time;
    for (Instant now{}; !cancelled && (now = Instant::clock::now()) < end;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - now);
        co_await pause_for(std::min<std::chrono::milliseconds>(left, limits::feed_idle_time));
    }
}

/// Cancels it where the program was told to stop and has not come to cancel() yet.
bool Upload::State::is_cancelled() {
    if (request.interrupted && request.interrupted()) {
        cancelled = true;
        book.cancelled();
    }
    return cancelled;
}

api::StreamUploads::Options Upload::State::stream_options() {
    api::StreamUploads::Options options;
    options.bucket = request.target.bucket;
    if (request.if_absent) {
        options.conditions.if_none_match = std::string("*");
    }
    options.checksum = *objects::parse_checksum_algorithm(request.checksum);  // as checked
    options.pacer = pacer ? &*pacer : nullptr;
    options.spread = &s3.spread;
    options.cancelled = [this] { return is_cancelled(); };
    options.begun = [this](engine::Slot slot, const engine::FileReport& file) {
        begun(slot, file);
    };
    options.ended = [this](engine::FileReport file) { ended(std::move(file)); };
    return options;
}

void Upload::State::begin() {
    auto end = [self = shared_from_this()](std::exception_ptr fault, Result<> ended) {
        self->book.end(fault ? Result<>(fail(ErrorKind::internal, "the upload ended by a fault"))
                             : std::move(ended));
    };
    boost::asio::co_spawn(s3.runtime.io.loop(0), run(), std::move(end));
}

Task<> Upload::State::run() {
    // Asked once here: without keys every file would fail with the same words.
    SLIPWAY_CO_CHECK(co_await s3.store->credentials());
    if (from_standard_input()) {
        co_await feed->take(standard_input_stream(request, s3.runtime.disk));
    }
    auto outcome = co_await transfer->run(*feed);
    co_await streams->finish();
    feed->stop();
    co_await feed->finish();
    if (journal && !cancelled) {
        // What cannot be aborted stays in the journal, for the next run.
        co_await engine::abort_given_up(s3.store->objects(), request.target.bucket, *journal);
    }
    co_return outcome;
}

bool Upload::State::from_standard_input() const {
    return std::ranges::find(request.sources, standard_input) != request.sources.end();
}

Result<> Upload::State::check_standard_input() const {
    if (!from_standard_input()) {
        return {};
    }
    if (request.sources.size() > 1 || !request.from_file.empty() || request.next_item) {
        return fail(ErrorKind::invalid_argument,
                    "standard input (-) cannot be put together with other sources");
    }
    if (request.resume) {
        return fail(ErrorKind::invalid_argument,
                    "standard input (-) cannot be read again: there is nothing to resume");
    }
    if (request.target.key.empty() || request.target.key.ends_with('/')) {
        return fail(ErrorKind::invalid_argument,
                    "standard input (-) has no name: give the whole key, s3://bucket/folder/name");
    }
    return {};
}

void Upload::State::begun(engine::Slot slot, const engine::FileReport& file) {
    if (feed->ended()) {
        book.found_all();
    }
    book.begun(slot, file);
}

void Upload::State::ended(engine::FileReport file) {
    const bool was_there =
        request.if_absent && file.error && file.error->kind == ErrorKind::precondition_failed;
    if (was_there) {
        file.error->message = "it is there already";
    } else if (file.error && file.upload_left && !file.upload_kept) {
        file.error->message += "; an upload in parts of it may have stayed at the store";
    }
    book.ended(file, was_there);
}

Upload::Upload(std::shared_ptr<State> state) : state_(std::move(state)) {
}

Upload::~Upload() {
    cancel();
    static_cast<void>(wait());
}

Result<std::unique_ptr<Upload>> Upload::start(S3& s3,
                                              UploadRequest request,
                                              std::function<void(const UploadEvent&)> on_event) {
    auto state = std::make_shared<State>(s3.state(), std::move(request), std::move(on_event));
    SLIPWAY_CHECK(state->prepare());
    state->begin();
    return std::unique_ptr<Upload>(new Upload(std::move(state)));
}

bool Upload::wait_for(std::chrono::milliseconds time) {
    return state_->book.wait_for(time);
}

void Upload::cancel() {
    state_->cancelled = true;
    state_->feed->stop();
    state_->streams->stop();
    state_->book.cancelled();
    auto stop = [state = state_] { state->transfer->cancel(); };
    boost::asio::post(state_->s3.runtime.io.loop(0), std::move(stop));
}

UploadProgress Upload::progress() const {
    return state_->book.progress();
}

Result<UploadProgress> Upload::wait() {
    return state_->book.wait();
}

}  // namespace slipway
