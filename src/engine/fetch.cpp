// SPDX-License-Identifier: Apache-2.0
#include "engine/fetch.h"

#include "base/limits.h"
#include "engine/content_check.h"
#include "objects/retry.h"
#include "task/disk_call.h"
#include "task/pause.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <unistd.h>
#include <utility>
#include <variant>

namespace slipway::engine {
namespace {

using objects::GetResult;
using objects::ObjectInfo;

/// A body that is a piece of a file, as a local store answers.
class SliceReader final : public BodyReader {
  public:
    explicit SliceReader(FileSlice slice) : slice_(std::move(slice)) {}
    std::optional<std::uint64_t> size() const override { return slice_.size; }
    Task<Chunk> read() override {
        std::string text(std::min<std::uint64_t>(limits::chunk_bytes, slice_.size), '\0');
        const ssize_t count =
            ::pread(slice_.file->fd(), text.data(), text.size(), static_cast<off_t>(slice_.offset));
        if (count < 0) {
            co_return fail(ErrorKind::io, fmt::format("cannot read: errno {}", errno));
        }
        text.resize(static_cast<std::size_t>(count));
        slice_.offset += text.size();
        slice_.size -= text.size();
        co_return Chunk::copy_of(text);
    }

  private:
    FileSlice slice_;
};

std::unique_ptr<BodyReader> reader_of(Body body) {
    if (auto* text = std::get_if<std::string>(&body)) {
        return std::make_unique<MemoryBodyReader>(std::move(*text));
    }
    if (const auto* fixed = std::get_if<StaticBytes>(&body)) {
        return std::make_unique<MemoryBodyReader>(std::string(fixed->bytes));
    }
    if (const auto* held = std::get_if<HeldBytes>(&body)) {
        return std::make_unique<HeldBodyReader>(held->chunks);
    }
    if (auto* slice = std::get_if<FileSlice>(&body)) {
        return std::make_unique<SliceReader>(std::move(*slice));
    }
    return std::get<std::unique_ptr<BodyReader>>(std::move(body));
}

/// What the disk threads work on; it lives until the last of them is done.
struct Arriving {
    Arriving(const ObjectInfo& info, bool trust_etag, std::shared_ptr<ByteSink> into)
        : check(info, trust_etag), sink(std::move(into)) {}
    ContentCheck check;
    std::shared_ptr<ByteSink> sink;
};

Error replaced() {
    return fail(ErrorKind::corrupted, "the object was replaced while it was on its way",
                "SourceChanged")
        .value();
}

class Fetch {
  public:
    Fetch(objects::ObjectStore& store, DiskThreads& disk, FetchRequest request)
        : store_(store), disk_(disk), request_(std::move(request)), writing_(disk) {}

    Task<ObjectInfo> run();

  private:
    Task<> attempt();
    Task<GetResult> ask();
    Result<> begin(const GetResult& got);
    Task<> pour(BodyReader& body);
    Task<> take(Chunk chunk);
    bool arrived() const { return info_ && position_ == info_->size; }
    bool may_repeat(const Error& error);

    objects::ObjectStore& store_;
    DiskThreads& disk_;
    const FetchRequest request_;
    DiskCall writing_;
    std::optional<ObjectInfo> info_;  // once the first answer is there
    std::shared_ptr<Arriving> arriving_;
    std::uint64_t position_ = 0;  // handed to the sink
    unsigned failures_ = 0;       // in a row
    std::uint64_t progress_at_ = 0;
};

Task<ObjectInfo> Fetch::run() {
    while (true) {
        auto outcome = co_await attempt();
        if (outcome) {
            break;
        }
        if (!may_repeat(outcome.error())) {
            co_return fail(std::move(outcome).error());
        }
        if (request_.retried) {
            request_.retried(outcome.error());
        }
        const std::chrono::milliseconds asked = std::min<std::chrono::seconds>(
            outcome.error().retry_after, limits::engine_no_progress_time_max);
        co_await pause_for(std::max(asked, objects::backoff(failures_, request_.random())));
    }
    auto finish = [arriving = arriving_, modified = info_->last_modified]() -> Result<> {
        SLIPWAY_CHECK(arriving->check.finish());
        return arriving->sink->finish(modified);
    };
    SLIPWAY_CO_CHECK(co_await disk_.run(std::move(finish)));
    co_return *std::move(info_);
}

bool Fetch::may_repeat(const Error& error) {
    if (position_ - progress_at_ >= limits::download_progress_bytes_min) {
        failures_ = 0;
        progress_at_ = position_;
    }
    return objects::is_temporary(error) && ++failures_ < limits::download_attempts_max;
}

/// Succeeds when all bytes have been written.
Task<> Fetch::attempt() {
    auto got = co_await ask();
    if (!got) {
        co_return tl::unexpected(got.error());
    }
    SLIPWAY_CO_CHECK(begin(*got));
    const auto reader = reader_of(std::move(got->body));
    const auto poured = co_await pour(*reader);
    SLIPWAY_CO_CHECK(co_await writing_.wait());
    if (arrived()) {
        co_return Result<>();  // whatever the connection did after the last byte
    }
    if (!poured) {
        co_return poured;
    }
    co_return fail(ErrorKind::unavailable,
                   fmt::format("the answer ended after {} of {} bytes", position_, info_->size));
}

Task<GetResult> Fetch::ask() {
    if (request_.requested) {
        request_.requested();
    }
    objects::GetRequest request;
    request.bucket = request_.bucket;
    request.key = request_.key;
    if (position_ > 0) {
        request.range.emplace().first = position_;
    }
    if (info_) {
        request.conditions.if_match = info_->etag;
    }
    auto got = co_await store_.get(request);
    if (!got && info_ && got.error().kind == ErrorKind::precondition_failed) {
        co_return tl::unexpected(replaced());
    }
    co_return got;
}

/// Whether an answer is what was asked for.
Result<> Fetch::begin(const GetResult& got) {
    if (!info_) {
        info_ = got.info;
        arriving_ = std::make_shared<Arriving>(*info_, request_.trust_etag, request_.sink);
        if (request_.begun) {
            request_.begun(*info_);
        }
    }
    if (got.info.etag != info_->etag || got.info.size != info_->size) {
        return tl::unexpected(replaced());
    }
    if (got.offset != position_) {
        return fail(ErrorKind::unsupported,
                    fmt::format("it broke off after {} bytes, and the store does not send the rest "
                                "of an object by itself",
                                position_));
    }
    return {};
}

Task<> Fetch::pour(BodyReader& body) {
    while (!arrived()) {
        SLIPWAY_CO_TRY(chunk, co_await body.read());
        if (chunk.empty()) {
            break;
        }
        if (chunk.size() > info_->size - position_) {
            co_return fail(ErrorKind::corrupted, "the store sends more bytes than it said");
        }
        SLIPWAY_CO_CHECK(co_await take(std::move(chunk)));
    }
    co_return Result<>();
}

/// Writes a piece while the next one is on its way.
Task<> Fetch::take(Chunk chunk) {
    SLIPWAY_CO_CHECK(co_await writing_.wait());
    const IoExecutor executor = co_await this_executor();
    const std::size_t size = chunk.size();
    auto work = [arriving = arriving_, piece = std::make_shared<Chunk>(std::move(chunk))] {
        arriving->check.update(piece->bytes());
        return arriving->sink->write(piece->bytes());
    };
    writing_.start(executor, std::move(work));
    position_ += size;
    if (request_.received) {
        request_.received(size);
    }
    co_return Result<>();
}

}  // namespace

Task<ObjectInfo> fetch(objects::ObjectStore& store, DiskThreads& disk, FetchRequest request) {
    Fetch work(store, disk, std::move(request));
    co_return co_await work.run();
}

}  // namespace slipway::engine
