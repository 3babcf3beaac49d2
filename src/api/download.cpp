// SPDX-License-Identifier: Apache-2.0
#include "slipway/download.h"

#include "api/download_target.h"
#include "api/object_sources.h"
#include "api/s3_state.h"
#include "api/transfer_book.h"
#include "engine/download.h"
#include "engine/fetch.h"
#include "engine/outcome.h"
#include "task/spawn.h"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unistd.h>
#include <utility>

namespace slipway {
/// Shared with the coroutine that runs it.
struct Download::State : std::enable_shared_from_this<Download::State> {
    State(S3::State& on, DownloadRequest wanted, std::function<void(const DownloadEvent&)> told)
        : s3(on), request(std::move(wanted)), book("", std::move(told)) {}

    Result<> prepare();
    void begin();
    Task<> run();
    Task<> tell_all();
    Task<> bring_stream();
    void end_stream(Result<objects::ObjectInfo> outcome);
    Result<> check_found_some() const;

    engine::DownloadOptions options();
    void found(const engine::FoundObject& object);

    S3::State& s3;
    const DownloadRequest request;
    api::TransferBook book;
    std::optional<api::DownloadTarget> target;
    // Touched on the I/O thread once it runs.
    std::unique_ptr<engine::Download> download;
    std::unique_ptr<engine::ObjectFeed> feed;  // asks through the download
    std::optional<engine::FileReport> stream;  // the object on its way to standard output
    Cancellation streaming;
    bool stopped = false;  // by cancel()
};

Result<> Download::State::prepare() {
    SLIPWAY_TRY(opened, api::DownloadTarget::open(request));
    target = std::move(opened);
    SLIPWAY_TRY(filter, api::make_filter(request.rules));
    download =
        std::make_unique<engine::Download>(s3.store->objects_once(), s3.runtime.disk, options());
    feed = std::make_unique<engine::ObjectFeed>(download->patient_store(), target->sources(),
                                                std::move(filter));
    return {};
}

engine::DownloadOptions Download::State::options() {
    engine::DownloadOptions options;
    if (request.max_workers > 0) {
        options.scheduler.requests_max = std::min(request.max_workers, limits::engine_requests_max);
    }
    options.scheduler.no_progress_time_max = request.no_progress_time_max;
    options.scheduler.busy_time = thread_busy_time;
    options.trust_etag = request.verify_etag;
    options.if_changed = request.if_changed;
    options.place = [this](const engine::FoundObject& object) { return target->place(object); };
    options.found = [this](const engine::FoundObject& object) { found(object); };
    options.resized = [this](std::int64_t bytes) { book.resized(bytes); };
    options.begun = [this](engine::Slot slot, const engine::FileReport& file) {
        book.begun(slot, file);
    };
    options.received = [this](engine::Slot slot, std::int64_t bytes) { book.moved(slot, bytes); };
    options.retried = [this](engine::Slot, const engine::FileReport& file) { book.retried(file); };
    options.present = [this](const engine::FileReport& file) { book.not_needed(file); };
    options.ended = [this](const engine::FileReport& file) { book.ended(file); };
    return options;
}

void Download::State::found(const engine::FoundObject& object) {
    book.found(object.size.value_or(0));
    if (feed->ended()) {
        book.found_all();
    }
}

void Download::State::begin() {
    std::function<void(Result<>)> end = [self = shared_from_this()](Result<> outcome) {
        if (self->stream) {
            self->end_stream(tl::unexpected(outcome.error()));
            outcome = {};
        }
        self->book.end(std::move(outcome));
    };
    // Only a stream is broken off here: what brings files cancels them one by one.
    auto spawn_there = [self = shared_from_this(), end = std::move(end)] {
        spawn(self->s3.runtime.io.loop(0).get_executor(), self->run(), self->streaming, end);
    };
    boost::asio::post(s3.runtime.io.loop(0), std::move(spawn_there));
}

Task<> Download::State::run() {
    // Asked once here: without keys every object would fail with the same words.
    SLIPWAY_CO_CHECK(co_await s3.store->credentials());
    if (target->is_stream() && !request.dry_run) {
        co_return co_await bring_stream();
    }
    if (request.dry_run) {
        SLIPWAY_CO_CHECK(co_await tell_all());
    } else {
        SLIPWAY_CO_CHECK(co_await download->run(*feed));
    }
    co_return stopped ? Result<>() : check_found_some();
}

Task<> Download::State::bring_stream() {
    engine::FileReport& file = stream.emplace();
    const engine::ObjectSource& source = feed->source(0);
    file.slot = 0;
    file.bucket = source.bucket;
    file.key = source.key;
    file.path = "-";
    book.found(0);
    book.found_all();
    engine::FetchRequest wanted;
    wanted.bucket = source.bucket;
    wanted.key = source.key;
    wanted.descriptor = STDOUT_FILENO;
    wanted.trust_etag = request.verify_etag;
    wanted.no_progress_time_max = request.no_progress_time_max;
    wanted.requested = [this, &file] {
        if (++file.requests == 1) {
            book.begun(0, file);
        }
    };
    wanted.told.answered = [this, &file](const objects::ObjectInfo& info) {
        book.resized(static_cast<std::int64_t>(info.size - file.size));
        file.size = info.size;
    };
    wanted.told.received = [this](std::uint64_t bytes) {
        book.moved(0, static_cast<std::int64_t>(bytes));
    };
    wanted.retried = [this, &file](const Error& why) {
        file.error = why;
        book.retried(file);
    };
    auto brought =
        co_await engine::fetch(s3.store->objects_once(), s3.runtime.disk, std::move(wanted));
    end_stream(std::move(brought));
    co_return Result<>();
}

void Download::State::end_stream(Result<objects::ObjectInfo> outcome) {
    engine::FileReport file = *std::exchange(stream, std::nullopt);
    if (outcome) {
        file.info = *std::move(outcome);
    } else {
        engine::say_failed(file, std::move(outcome).error());
    }
    book.ended(file);
}

Task<> Download::State::tell_all() {
    while (!stopped) {
        SLIPWAY_CO_TRY(object, co_await feed->next());
        if (!object) {
            break;
        }
        found(*object);
        engine::FileReport file;
        file.bucket = feed->source(object->source).bucket;
        file.key = object->key;
        file.size = object->size.value_or(0);
        file.end = engine::FileEnd::failed;
        const auto place = target->place(*object);
        if (place) {
            file.path = place->path;
            book.would_store(file);
        } else {
            file.error = place.error();
            book.ended(file);
        }
    }
    co_return Result<>();
}

Result<> Download::State::check_found_some() const {
    for (const std::size_t empty : feed->empty_sources()) {
        const engine::ObjectSource& source = feed->source(empty);
        return fail(ErrorKind::not_found,
                    fmt::format("there is nothing below s3://{}/{}", source.bucket, source.key));
    }
    return {};
}

Download::Download(std::shared_ptr<State> state) : state_(std::move(state)) {
}

Download::~Download() {
    cancel();
    static_cast<void>(wait());
}

Result<std::unique_ptr<Download>> Download::start(
    S3& s3, DownloadRequest request, std::function<void(const DownloadEvent&)> on_event) {
    auto state = std::make_shared<State>(s3.state(), std::move(request), std::move(on_event));
    SLIPWAY_CHECK(state->prepare());
    state->begin();
    return std::unique_ptr<Download>(new Download(std::move(state)));
}

bool Download::wait_for(std::chrono::milliseconds time) {
    return state_->book.wait_for(time);
}

void Download::cancel() {
    state_->book.cancelled();
    auto stop = [state = state_] {
        state->stopped = true;
        if (state->stream) {
            state->streaming.cancel();
        }
        state->download->cancel();
    };
    boost::asio::post(state_->s3.runtime.io.loop(0), std::move(stop));
}

DownloadProgress Download::progress() const {
    return state_->book.progress();
}

Result<DownloadProgress> Download::wait() {
    return state_->book.wait();
}

}  // namespace slipway
