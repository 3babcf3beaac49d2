// SPDX-License-Identifier: Apache-2.0
#include "server/forwarded_files.h"

#include "engine/content_type.h"
#include "engine/stream_upload.h"
#include "server/forwarded_key.h"
#include "server/request_text.h"
#include "task/spawn.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

namespace slipway::server {
namespace {

/// What a store has for a file while it is read; memory is asked for by them as well.
constexpr engine::StreamParts forwarded_parts{limits::forward_part_bytes,
                                              limits::forward_part_bytes_max};

/// The part's own word, where it is one; else what the file's name says.
std::string content_type_of(const http::FormPart& part) {
    if (is_media_type(part.content_type) && !has_control_character(part.content_type)) {
        return part.content_type;
    }
    const std::string_view known = engine::content_type_by_name(part.file_name.value_or(""));
    return std::string(known.empty() ? "application/octet-stream" : known);
}

}  // namespace

FormReader::Options reader_options(const Parts& parts, std::uint64_t body_bytes_max) {
    FormReader::Options options;
    options.memory = parts.store.takes_streams() ? nullptr : &parts.memory;
    options.parts = forwarded_parts;
    options.body_bytes_max = body_bytes_max;
    return options;
}

/// A file of the form as a stream; knows when its bytes have been read.
class ForwardedFiles::Source final : public BodyReader {
  public:
    Source(FormReader& reader, Signal& over, Chunk first, std::uint64_t size_max)
        : reader_(reader), over_signal_(over), first_(std::move(first)), size_max_(size_max) {}

    Task<Chunk> read() override {
        if (over_) {
            co_return Chunk();
        }
        Chunk chunk = std::exchange(first_, Chunk());
        if (chunk.empty()) {
            SLIPWAY_CO_TRY(next, co_await reader_.read());
            chunk = std::move(next);
        }
        size_ += chunk.size();
        if (size_ > size_max_) {
            co_return fail(
                ErrorKind::too_large,
                fmt::format("the file has more than the {} bytes ({} MB) that are allowed",
                            size_max_, size_max_ / 1'000'000),
                "file_too_large");
        }
        if (chunk.empty() || reader_.at_part_end()) {
            over_ = true;
            over_signal_.raise();
        }
        co_return chunk;
    }
    std::optional<std::uint64_t> size() const override { return std::nullopt; }

    /// Whether the reader may go on to the next file.
    bool over() const { return over_ || ended_; }
    /// Nobody will read any more.
    void end() { ended_ = true; }

  private:
    FormReader& reader_;
    Signal& over_signal_;
    Chunk first_;
    const std::uint64_t size_max_;
    std::uint64_t size_ = 0;
    bool over_ = false;
    bool ended_ = false;
};

ForwardedFiles::ForwardedFiles(const Parts& parts,
                               std::string_view user,
                               FormReader& reader,
                               const IoExecutor& executor)
    : parts_(parts), user_(user), reader_(reader), executor_(executor), wake_(executor) {
}

/// No name is lost because another file has it already.
ForwardedFile& ForwardedFiles::add(std::string_view type) {
    std::string name(type);
    unsigned& count = types_.emplace(name, 0U).first->second;
    while (++count > 1) {
        name = fmt::format("{}_{}", type, count);
        if (types_.emplace(name, 1U).second) {
            break;
        }
    }
    files_.push_back(std::make_unique<ForwardedFile>());
    files_.back()->name = std::move(name);
    return *files_.back();
}

Async<void> ForwardedFiles::take(std::string_view category, const http::FormPart& part) {
    auto first = co_await reader_.read();
    if (!first) {
        ForwardedFile& broken = add(part.name);
        broken.outcome = fail(std::move(first).error());
        co_return;
    }
    if (first->empty() && part.file_name == "") {
        co_return;  // a file input that was left alone, as browsers send it
    }
    ForwardedFile& file = add(part.name);
    if (auto checked = check_key_part("file_type", part.name); !checked) {
        file.outcome = std::move(checked);
        co_return;
    }
    auto key = forwarded_key(category, user_, part.name, part.file_name.value_or(""));
    if (!key) {
        file.outcome = fail(std::move(key).error());
        co_return;
    }
    file.key = *std::move(key);
    while (active_ >= workers_) {
        co_await wake_.wait();
    }
    const auto source =
        std::make_shared<Source>(reader_, wake_, *std::move(first), parts_.settings.file_size_max);
    auto at_end = [this, source] {
        source->end();
        --active_;
        wake_.raise();
    };
    ++active_;
    Task<> work = parts_.store.takes_streams() ? put_stream(source, file.key, content_type_of(part))
                                               : put_parts(source, file.key, content_type_of(part));
    spawn(executor_, run(std::move(work), file), std::move(at_end));
    while (!source->over()) {
        co_await wake_.wait();
    }
}

Async<void> ForwardedFiles::run(Task<> work, ForwardedFile& file) {
    file.outcome = co_await std::move(work);
}

Task<> ForwardedFiles::put_stream(std::shared_ptr<Source> source,
                                  std::string key,
                                  std::string content_type) {
    objects::PutRequest request;
    request.bucket = parts_.settings.bucket;
    request.key = std::move(key);
    request.attributes.content_type = std::move(content_type);
    SLIPWAY_CO_CHECK(co_await parts_.store.put(request, *source));
    co_return Result<>();
}

Task<> ForwardedFiles::put_parts(std::shared_ptr<Source> source,
                                 std::string key,
                                 std::string content_type) {
    engine::StreamTarget target;
    target.bucket = parts_.settings.bucket;
    target.key = std::move(key);
    target.attributes.content_type = std::move(content_type);
    target.parts = forwarded_parts;
    target.memory_bytes = std::numeric_limits<std::uint64_t>::max();
    target.requests_max = workers_;
    SLIPWAY_CO_CHECK(co_await engine::upload_stream(parts_.store, *source, target));
    co_return Result<>();
}

Async<void> ForwardedFiles::wait() {
    while (active_ > 0) {
        co_await wake_.wait();
    }
}

}  // namespace slipway::server
