// SPDX-License-Identifier: Apache-2.0
#include "slipway/upload.h"

#include "api/s3_state.h"
#include "api/upload_feed.h"
#include "engine/descriptor_reader.h"
#include "engine/stream_upload.h"
#include "engine/transfer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <unistd.h>
#include <utility>

namespace slipway {
namespace {

constexpr std::size_t files_shown_max = 8;
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
    options.scheduler.no_progress_time_max = request.no_progress_time_max;
    return options;
}

}  // namespace

/// Shared with the coroutine that runs it.
struct Upload::State : std::enable_shared_from_this<Upload::State> {
    State(S3::State& on, UploadRequest wanted, std::function<void(const UploadEvent&)> told)
        : s3(on), request(std::move(wanted)), on_event(std::move(told)) {}

    Result<> prepare();
    Result<> prepare_stream();
    engine::StreamTarget stream_target();
    void begin();
    Task<> run();
    void end(Result<> with);

    void begun(engine::Slot slot, const engine::FileReport& file);
    void sent(engine::Slot slot, std::int64_t bytes);
    void retried(const engine::FileReport& file);
    void ended(engine::FileReport file);
    void left_out(const engine::PassedOver& what, bool failed);
    void present(const engine::NewFile& file);
    void would_send(const engine::NewFile& file);
    void tell(UploadEvent::Kind kind, const engine::FileReport& file);

    S3::State& s3;
    const UploadRequest request;
    const std::function<void(const UploadEvent&)> on_event;
    std::unique_ptr<api::UploadFeed> feed;
    std::optional<engine::DescriptorReader> stream;  // instead of the feed
    std::unique_ptr<engine::Transfer> transfer;      // touched on the I/O thread once it runs

    mutable std::mutex mutex;  // guards what follows
    std::condition_variable changed;
    UploadProgress progress;
    std::map<engine::Slot, FileProgress> under_way;
    bool over = false;
    Result<> outcome;
};

Result<> Upload::State::prepare() {
    SLIPWAY_CHECK(prepare_stream());
    SLIPWAY_TRY(options, transfer_options(request));
    options.begun = [this](engine::Slot slot, const engine::FileReport& file) {
        begun(slot, file);
    };
    options.sent = [this](engine::Slot slot, std::int64_t bytes) { sent(slot, bytes); };
    options.retried = [this](engine::Slot, const engine::FileReport& file) { retried(file); };
    options.ended = [this](engine::FileReport file) { ended(std::move(file)); };
    api::UploadFeed::Told told;
    told.found = [this](std::uint64_t bytes) {
        const std::lock_guard lock(mutex);
        ++progress.files_found;
        progress.bytes_found += bytes;
    };
    told.left_out = [this](const engine::PassedOver& what, bool failed) { left_out(what, failed); };
    told.would_send = [this](const engine::NewFile& file) { would_send(file); };
    told.present = [this](const engine::NewFile& file) { present(file); };
    api::UploadFeed::Target target{s3.store->objects(), s3.runtime.pool, request.target.bucket};
    SLIPWAY_TRY(
        made, api::UploadFeed::open(request, s3.runtime.disk, std::move(target), std::move(told)));
    feed = std::move(made);
    transfer = std::make_unique<engine::Transfer>(s3.store->objects_once(), std::move(options));
    return {};
}

void Upload::State::begin() {
    auto end = [self = shared_from_this()](std::exception_ptr fault, Result<> ended) {
        self->end(fault ? Result<>(fail(ErrorKind::internal, "the upload ended by a fault"))
                        : std::move(ended));
    };
    boost::asio::co_spawn(s3.runtime.io.loop(0), run(), std::move(end));
}

Task<> Upload::State::run() {
    // Asked once here: without keys every file would fail with the same words.
    SLIPWAY_CO_CHECK(co_await s3.store->credentials());
    if (!stream) {
        co_return co_await transfer->run(*feed);
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
    target.checksum = *objects::parse_checksum_algorithm(request.checksum);
    target.stored = [this](std::uint64_t bytes) { sent(0, static_cast<std::int64_t>(bytes)); };
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
    if (request.target.key.empty() || request.target.key.ends_with('/')) {
        return fail(ErrorKind::invalid_argument,
                    "standard input (-) has no name: give the whole key, s3://bucket/folder/name");
    }
    stream.emplace(STDIN_FILENO, s3.runtime.pool, s3.runtime.disk);
    return {};
}

void Upload::State::end(Result<> with) {
    const std::lock_guard lock(mutex);
    outcome = std::move(with);
    progress.found_all = true;
    over = true;
    changed.notify_all();
}

void Upload::State::begun(engine::Slot slot, const engine::FileReport& file) {
    {
        const std::lock_guard lock(mutex);
        under_way.emplace(slot, FileProgress{file.key, file.size, 0});
        progress.found_all = feed->ended();
    }
    tell(UploadEvent::Kind::started, file);
}

void Upload::State::sent(engine::Slot slot, std::int64_t bytes) {
    const std::lock_guard lock(mutex);
    const auto change = static_cast<std::uint64_t>(bytes);  // may be below 0: it wraps back
    progress.bytes_sent += change;
    under_way[slot].bytes_sent += change;
}

void Upload::State::retried(const engine::FileReport& file) {
    {
        const std::lock_guard lock(mutex);
        ++progress.retries;
    }
    tell(UploadEvent::Kind::retried, file);
}

void Upload::State::ended(engine::FileReport file) {
    auto kind = UploadEvent::Kind::failed;
    {
        const std::lock_guard lock(mutex);
        progress.requests += file.requests;
        if (file.slot) {
            under_way.erase(*file.slot);
        }
        if (file.end == engine::FileEnd::stored) {
            kind = UploadEvent::Kind::stored;
            ++progress.files_stored;
            progress.bytes_stored += file.size;
        } else if (file.end == engine::FileEnd::cancelled) {
            ++progress.files_cancelled;
            return;
        } else if (request.if_absent && file.error.kind == ErrorKind::precondition_failed) {
            kind = UploadEvent::Kind::skipped;
            file.error.message = "it is there already";
            ++progress.files_skipped;
        } else {
            ++progress.files_failed;
        }
    }
    tell(kind, file);
}

void Upload::State::left_out(const engine::PassedOver& what, bool failed) {
    engine::FileReport file;
    file.path = what.path;
    file.error = what.error;
    {
        const std::lock_guard lock(mutex);
        ++(failed ? progress.files_failed : progress.files_skipped);
    }
    tell(failed ? UploadEvent::Kind::failed : UploadEvent::Kind::skipped, file);
}

void Upload::State::present(const engine::NewFile& found) {
    engine::FileReport file = report_of(found);
    file.error.message = "it is there already";
    {
        const std::lock_guard lock(mutex);
        ++progress.files_skipped;
        progress.bytes_found -= file.size;
    }
    tell(UploadEvent::Kind::skipped, file);
}

void Upload::State::would_send(const engine::NewFile& found) {
    tell(UploadEvent::Kind::would_store, report_of(found));
}

void Upload::State::tell(UploadEvent::Kind kind, const engine::FileReport& file) {
    if (!on_event) {
        return;
    }
    UploadEvent event;
    event.kind = kind;
    event.path = file.path;
    event.key = file.key;
    event.size = file.size;
    event.requests = file.requests;
    event.error = file.error;
    if (kind == UploadEvent::Kind::stored) {
        event.etag = file.info.etag;
        event.checksum = file.info.checksum ? file.info.checksum->value : "";
    }
    on_event(event);
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
    std::unique_lock lock(state_->mutex);
    return state_->changed.wait_for(lock, time, [this] { return state_->over; });
}

void Upload::cancel() {
    state_->feed->stop();
    if (state_->stream) {
        state_->stream->stop();
    }
    {
        const std::lock_guard lock(state_->mutex);
        state_->progress.cancelled |= !state_->over;
    }
    auto stop = [state = state_] { state->transfer->cancel(); };
    boost::asio::post(state_->s3.runtime.io.loop(0), std::move(stop));
}

UploadProgress Upload::progress() const {
    const std::lock_guard lock(state_->mutex);
    UploadProgress now = state_->progress;
    for (const auto& [slot, file] : state_->under_way) {
        now.files_under_way.push_back(file);
    }
    const auto larger = [](const FileProgress& a, const FileProgress& b) {
        return a.size != b.size ? a.size > b.size : a.key < b.key;
    };
    std::ranges::sort(now.files_under_way, larger);
    now.files_under_way.resize(std::min(now.files_under_way.size(), files_shown_max));
    return now;
}

Result<UploadProgress> Upload::wait() {
    {
        std::unique_lock lock(state_->mutex);
        state_->changed.wait(lock, [this] { return state_->over; });
        if (!state_->outcome) {
            return tl::unexpected(state_->outcome.error());
        }
    }
    return progress();
}

}  // namespace slipway
