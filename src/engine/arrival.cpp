// SPDX-License-Identifier: Apache-2.0
#include "engine/arrival.h"

#include "base/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <memory>
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
    if (auto* slice = std::get_if<FileSlice>(&body)) {
        return std::make_unique<SliceReader>(std::move(*slice));
    }
    return std::get<std::unique_ptr<BodyReader>>(std::move(body));
}

Error replaced() {
    return fail(ErrorKind::corrupted, "the object was replaced while it was on its way",
                "SourceChanged")
        .value();
}

}  // namespace

Arrival::Arrival(std::string bucket, ObjectInfo version, std::uint64_t first, std::uint64_t end)
    : bucket_(std::move(bucket)),
      key_(version.key),
      info_(std::move(version)),
      position_(first),
      end_(end) {
}

Task<> Arrival::attempt(objects::ObjectStore& store,
                        DiskThreads& disk,
                        const Write& write,
                        const Told& told) {
    if (complete()) {
        co_return Result<>();
    }
    auto got = co_await ask(store);
    if (!got) {
        co_return tl::unexpected(got.error());
    }
    SLIPWAY_CO_CHECK(begin(*got));
    if (told.answered) {
        told.answered(*info_);
    }
    DiskCall writing(disk);
    const auto reader = reader_of(std::move(got->body));
    const auto poured = co_await pour(*reader, writing, write, told);
    SLIPWAY_CO_CHECK(co_await writing.wait());
    if (complete()) {
        co_return Result<>();  // whatever the connection did after the last byte
    }
    if (!poured) {
        co_return poured;
    }
    co_return fail(ErrorKind::unavailable,
                   fmt::format("the answer ended {} bytes early", end_ - position_));
}

Task<GetResult> Arrival::ask(objects::ObjectStore& store) {
    objects::GetRequest request;
    request.bucket = bucket_;
    request.key = key_;
    if (info_) {
        request.range.emplace().first = position_;
        request.range->last = end_ - 1;
        request.conditions.if_match = info_->etag;
    }
    auto got = co_await store.get(request);
    // An archived object is refused with the same kind, and by its own name.
    const bool of_condition = !got && got.error().kind == ErrorKind::precondition_failed &&
                              got.error().code != "InvalidObjectState";
    if (info_ && of_condition) {
        co_return tl::unexpected(replaced());
    }
    co_return got;
}

/// Whether an answer is what was asked for.
Result<> Arrival::begin(const GetResult& got) {
    if (!info_) {
        info_ = got.info;
        end_ = info_->size;
    }
    if (got.info.etag != info_->etag || got.info.size != info_->size) {
        return tl::unexpected(replaced());
    }
    if (got.offset != position_ || got.length != end_ - position_) {
        return fail(ErrorKind::unsupported,
                    fmt::format("the store does not send a part of an object: it was asked for {} "
                                "bytes from {} on, and sends {} from {} on",
                                end_ - position_, position_, got.length, got.offset));
    }
    return {};
}

/// Writes a piece while the next one is on its way.
Task<> Arrival::pour(BodyReader& body, DiskCall& writing, const Write& write, const Told& told) {
    const IoExecutor executor = co_await this_executor();
    while (!complete()) {
        SLIPWAY_CO_TRY(chunk, co_await body.read());
        if (chunk.empty()) {
            break;
        }
        const std::size_t size = chunk.size();
        if (size > end_ - position_) {
            co_return fail(ErrorKind::corrupted, "the store sends more bytes than it said");
        }
        SLIPWAY_CO_CHECK(co_await writing.wait());
        auto work = [write, offset = position_, piece = std::make_shared<Chunk>(std::move(chunk))] {
            return write(offset, piece->bytes());
        };
        position_ += size;
        writing.start(executor, std::move(work));
        if (told.received) {
            told.received(size);
        }
    }
    co_return Result<>();
}

}  // namespace slipway::engine
