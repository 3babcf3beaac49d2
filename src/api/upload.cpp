// SPDX-License-Identifier: Apache-2.0
#include "slipway/upload.h"

#include "api/s3_state.h"
#include "api/transfer_book.h"
#include "api/upload_feed.h"
#include "engine/descriptor_reader.h"
#include "engine/left_uploads.h"
#include "engine/stream_upload.h"
#include "engine/transfer.h"
#include "engine/upload_journal.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
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

engine::FileReport report_of(const engine::NewFile& file) {
    engine::FileReport report;
    report.path = file.path;
    report.key = file.key;
    report.size = file.source->size();
    return report;
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
                    fmt::format("bytes_per_second: {} is too few; {} at least",
                                request.bytes_per_second, limits::pacer_bytes_per_second_min));
    }
    options.bytes_per_second = request.bytes_per_second;
    return options;
}

}  // namespace

/// Shared with the coroutine that runs it.
struct Upload::State : std::enable_shared_from_this<Upload::State> {
    State(S3::State& on, UploadRequest wanted, std::function<void(const UploadEvent&)> told)
        : s3(on), request(std::move(wanted)), book(request.target.bucket, std::move(told)) {}

    Result<> prepare();
    Result<> prepare_stream();
    Result<> open_journal(engine::TransferOptions& options);
    engine::StreamTarget stream_target();
    void begin();
    Task<> run();
    void begun(engine::Slot slot, const engine::FileReport& file);
    void ended(engine::FileReport file);
    void left_out(const engine::PassedOver& what, bool failed);
    void present(const engine::NewFile& file);

    S3::State& s3;
    const UploadRequest request;
    api::TransferBook book;
    std::unique_ptr<api::UploadFeed> feed;
    std::optional<engine::DescriptorReader> stream;  // instead of the feed
    std::unique_ptr<engine::UploadJournal> journal;  // this and the next: on the I/O thread once
    std::unique_ptr<engine::Transfer> transfer;      // it runs
    bool stopped = false;                            // likewise
};

Result<> Upload::State::prepare() {
    SLIPWAY_CHECK(prepare_stream());
    SLIPWAY_TRY(options, transfer_options(request));
    SLIPWAY_CHECK(open_journal(options));
    options.begun = [this](engine::Slot slot, const engine::FileReport& file) {
        begun(slot, file);
    };
    options.sent = [this](engine::Slot slot, std::int64_t bytes) { book.moved(slot, bytes); };
    options.retried = [this](engine::Slot, const engine::FileReport& file) { book.retried(file); };
    options.ended = [this](engine::FileReport file) { ended(std::move(file)); };
    api::UploadFeed::Told told;
    told.found = [this](std::uint64_t bytes) { book.found(bytes); };
    told.left_out = [this](const engine::PassedOver& what, bool failed) { left_out(what, failed); };
    told.would_send = [this](const engine::NewFile& file) { book.would_store(report_of(file)); };
    told.present = [this](const engine::NewFile& file) { present(file); };
    api::UploadFeed::Target target{s3.store->objects(), s3.runtime.pool, request.target.bucket};
    SLIPWAY_TRY(
        made, api::UploadFeed::open(request, s3.runtime.disk, std::move(target), std::move(told)));
    feed = std::move(made);
    transfer = std::make_unique<engine::Transfer>(s3.store->objects_once(), std::move(options));
    return {};
}

Result<> Upload::State::open_journal(engine::TransferOptions& options) {
    if (request.resume && request.journal_dir.empty()) {
        return fail(ErrorKind::invalid_argument, "resume: there is no journal_dir to go on from");
    }
    if (request.journal_dir.empty() || request.dry_run || stream) {
        return {};
    }
    SLIPWAY_TRY(opened, engine::UploadJournal::open(request.journal_dir, s3.store->url(),
                                                    request.target.bucket, s3.runtime.clock));
    journal = std::move(opened);
    options.journal = journal.get();
    options.resume = request.resume;
    return {};
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
    if (!stream) {
        auto outcome = co_await transfer->run(*feed);
        if (journal && !stopped) {
            // What cannot be aborted stays in the journal, for the next run.
            co_await engine::abort_given_up(s3.store->objects(), request.target.bucket, *journal);
        }
        co_return outcome;
    }
    engine::StreamTarget target = stream_target();
    engine::FileReport file;
    file.slot = 0;
    file.key = request.target.key;
    begun(0, file);
    auto info = co_await engine::upload_stream(s3.store->objects(), *stream, target);
    file.size = info ? info->size : 0;
    file.end = info ? engine::FileEnd::stored : engine::FileEnd::failed;
    if (info) {
        file.info = *std::move(info);
    } else {
        file.error = info.error();
        file.end = file.error.kind == ErrorKind::cancelled ? engine::FileEnd::cancelled
                                                           : engine::FileEnd::failed;
    }
    ended(std::move(file));
    co_return Result<>();
}

engine::StreamTarget Upload::State::stream_target() {
    engine::StreamTarget target;
    target.bucket = request.target.bucket;
    target.key = request.target.key;
    target.attributes = api::to_attributes(request.headers);
    if (request.if_absent) {
        target.conditions.if_none_match = std::string("*");
    }
    target.bytes_per_second = request.bytes_per_second;
    target.checksum = *objects::parse_checksum_algorithm(request.checksum);
    target.stored = [this](std::uint64_t bytes) {
        book.moved(0, static_cast<std::int64_t>(bytes));
    };
    return target;
}

Result<> Upload::State::prepare_stream() {
    const auto is_stream = [](const std::string& source) { return source == standard_input; };
    if (std::ranges::none_of(request.sources, is_stream)) {
        return {};
    }
    if (request.sources.size() > 1 || !request.from_file.empty()) {
        return fail(ErrorKind::invalid_argument,
                    "standard input (-) cannot be put together with other sources");
    }
    if (request.resume) {
        return fail(ErrorKind::invalid_argument,
                    "standard input (-) cannot be read again: nothing to resume");
    }
    if (request.target.key.empty() || request.target.key.ends_with('/')) {
        return fail(ErrorKind::invalid_argument,
                    "standard input (-) has no name: give the whole key, s3://bucket/folder/name");
    }
    stream.emplace(STDIN_FILENO, s3.runtime.pool, s3.runtime.disk);
    return {};
}

void Upload::State::begun(engine::Slot slot, const engine::FileReport& file) {
    if (feed->ended()) {
        book.found_all();
    }
    book.begun(slot, file);
}

void Upload::State::ended(engine::FileReport file) {
    const bool was_there = request.if_absent && file.error.kind == ErrorKind::precondition_failed;
    if (was_there) {
        file.error.message = "it is there already";
    } else if (file.upload_left && !file.upload_kept) {
        file.error.message += "; an upload in parts of it may have stayed at the store";
    }
    book.ended(file, was_there);
}

void Upload::State::left_out(const engine::PassedOver& what, bool failed) {
    engine::FileReport file;
    file.path = what.path;
    file.end = engine::FileEnd::failed;
    file.error = what.error;
    book.ended(file, !failed);
}

void Upload::State::present(const engine::NewFile& found) {
    if (journal) {
        journal->give_up(found.key);
    }
    engine::FileReport file = report_of(found);
    file.error.message = "it is there already";
    book.not_needed(file);
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
    state_->feed->stop();
    if (state_->stream) {
        state_->stream->stop();
    }
    state_->book.cancelled();
    auto stop = [state = state_] {
        state->stopped = true;
        state->transfer->cancel();
    };
    boost::asio::post(state_->s3.runtime.io.loop(0), std::move(stop));
}

UploadProgress Upload::progress() const {
    return state_->book.progress();
}

Result<UploadProgress> Upload::wait() {
    return state_->book.wait();
}

}  // namespace slipway
