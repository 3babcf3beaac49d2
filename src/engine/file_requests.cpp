// SPDX-License-Identifier: Apache-2.0
#include "engine/file_requests.h"

#include "objects/lost_answer.h"
#include "objects/multipart.h"
#include "objects/retry.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <unistd.h>
#include <utility>

namespace slipway::engine {
namespace {

/// A part's bytes: read before they are sent, or piece by piece while they are, or sent from their
/// file. Gives its chunks away one after the other, so that each one's memory is free once it is
/// sent.
class PartBody final : public BodyReader {
  public:
    PartBody(Source& source, const Step& step, const RequestSettings& with, const Gave& gave)
        : source_(source),
          part_(step.part),
          piece_bytes_(step.in_pieces && !source.in_file() ? limits::engine_piece_bytes
                                                           : step.part.size),
          with_(with),
          gave_(gave) {}

    /// Before anything else: the first piece. Errors: those of the source.
    Task<> begin() {
        SLIPWAY_CO_CHECK(co_await read_piece());
        if (held()) {
            // The pool has a chunk for each request beyond what the scheduler counts, so this one
            // may as well count as sent.
            gave_(chunks_.front().size());
            gave_(0);
        }
        co_return Result<>();
    }

    Task<Chunk> read() override {
        if (slice_) {
            co_return read_slice();
        }
        if (next_ == chunks_.size() && read_ < part_.size) {
            SLIPWAY_CO_CHECK(co_await read_piece());
        }
        Chunk chunk;
        if (next_ < chunks_.size()) {
            chunk = std::move(chunks_[next_++]);
        }
        if (!held()) {
            gave_(chunk.size());
        }
        co_return chunk;
    }
    std::optional<std::uint64_t> size() const override { return part_.size; }

    /// A single chunk is sent from where it is, in one call with the request's head.
    std::optional<std::span<const Chunk>> held() const override {
        return chunks_.size() == 1 && read_ == part_.size && pieces_.size() == 1
                   ? std::optional<std::span<const Chunk>>(chunks_)
                   : std::nullopt;
    }

    std::optional<FileSlice> slice() const override { return slice_; }
    void took(std::uint64_t bytes) override {
        if (bytes > 0) {
            gave_(static_cast<std::size_t>(bytes));
        }
        taken_ += bytes;
        if (taken_ == part_.size) {
            gave_(0);
        }
    }

    /// Of all that was read; without a value where whoever sends it has to compute it.
    objects::Checksum checksum() const {
        const objects::Checksum unknown{with_.options.checksum, {}};
        if (read_ < part_.size) {
            return unknown;
        }
        return pieces_.size() == 1 ? *pieces_.front().checksum
                                   : objects::combined_checksum(pieces_).value_or(unknown);
    }

  private:
    Task<> read_piece() {
        Part piece = part_;
        piece.offset += read_;
        piece.size = std::min(piece_bytes_, part_.size - read_);
        SLIPWAY_CO_TRY(bytes, co_await source_.read(piece, with_.options.checksum, with_.pool));
        read_ += piece.size;
        chunks_ = std::move(bytes.chunks);
        slice_ = std::move(bytes.slice);
        next_ = 0;
        pieces_.push_back(objects::PartInfo{0, piece.size, {}, std::move(bytes.checksum)});
        co_return Result<>();
    }

    /// For a store that does not send from files. These bytes were read a moment ago for their
    /// checksum, so they are in the system's memory.
    Result<Chunk> read_slice() {
        const auto size = std::min<std::uint64_t>(limits::chunk_bytes, part_.size - taken_);
        std::string piece(static_cast<std::size_t>(size), '\0');
        const auto offset = static_cast<off_t>(slice_->offset + taken_);
        if (size > 0 && ::pread(slice_->file->fd(), piece.data(), piece.size(), offset) !=
                            static_cast<ssize_t>(size)) {
            return fail(ErrorKind::io, "the file became shorter while it was sent");
        }
        took(size);
        return Chunk::copy_of(piece);
    }

    Source& source_;
    const Part part_;
    const std::uint64_t piece_bytes_;
    const RequestSettings& with_;
    const Gave& gave_;
    std::vector<Chunk> chunks_;
    std::size_t next_ = 0;
    std::uint64_t read_ = 0;
    std::vector<objects::PartInfo> pieces_;
    std::optional<FileSlice> slice_;
    std::uint64_t taken_ = 0;  // of the slice
};

/// A store that says what it has must have what was sent.
Result<> check_stored(const objects::Checksum& sent,
                      const std::optional<objects::Checksum>& stored) {
    const bool comparable = stored && stored->algorithm == sent.algorithm && !sent.value.empty();
    if (comparable && stored->value != sent.value) {
        return fail(ErrorKind::corrupted,
                    fmt::format("the store has {} {}, {} was sent", to_string(sent.algorithm),
                                stored->value, sent.value),
                    "BadDigest");
    }
    return {};
}

/// The answer says that nothing was done: the request was at fault, or came at a bad time.
bool was_refused(const Error& error) {
    return (error.http_status >= 400 && error.http_status < 500) || error.http_status == 501 ||
           error.http_status == 503;
}

}  // namespace

Task<> FileRequests::carry_out(const Step& step, const RequestSettings& with, const Gave& gave) {
    switch (step.kind) {
        case Step::Kind::put:
            co_return co_await put(step, with, gave);
        case Step::Kind::create:
            co_return co_await create(with);
        case Step::Kind::part:
            co_return co_await put_part(step, with, gave);
        case Step::Kind::complete:
            co_return co_await complete(step, with);
        case Step::Kind::abort:
            co_return co_await abort(with);
    }
    co_return Result<>();
}

Task<> FileRequests::put(const Step& step, const RequestSettings& with, const Gave& gave) {
    PartBody body(*file_.source, step, with, gave);
    SLIPWAY_CO_CHECK(co_await body.begin());
    objects::PutRequest request;
    request.bucket = with.options.bucket;
    request.key = file_.key;
    request.attributes = file_.attributes;
    request.conditions = file_.conditions;
    request.checksum = body.checksum();
    auto info =
        co_await objects::put_or_find(with.store, request, body, step.part.size, step.attempt > 1);
    const auto confirmed = info ? info->checksum : std::nullopt;
    SLIPWAY_CO_CHECK(co_await check_sent(body.slice().has_value(), body.checksum(), confirmed));
    if (!info) {
        co_return tl::unexpected(std::move(info).error());
    }
    info_ = *std::move(info);
    co_return Result<>();
}

/// What was sent from its file after it had been read for the checksum may have changed between the
/// two. Also where the store confirms the checksum and so has what was read: whoever uploads a file
/// that is still written to wants to hear of it.
Task<> FileRequests::check_sent(bool from_file,
                                objects::Checksum sent,
                                std::optional<objects::Checksum> stored) {
    if (from_file) {
        SLIPWAY_CO_CHECK(co_await file_.source->check_unchanged());
    }
    co_return check_stored(sent, stored);
}

Task<> FileRequests::create(const RequestSettings& with) {
    objects::CreateMultipartRequest request;
    request.bucket = with.options.bucket;
    request.key = file_.key;
    request.attributes = file_.attributes;
    request.checksum_algorithm = with.options.checksum;
    const bool first = !create_lost_since_;
    if (first) {
        create_lost_since_ = now_on(with.options.timeline);  // until an answer comes
    }
    auto created = co_await with.store.create_multipart(request);
    if (first && (created || was_refused(created.error()))) {
        create_lost_since_.reset();
    }
    if (!created) {
        co_return fail(std::move(created).error());
    }
    upload_ = *std::move(created);
    upload_open_ = true;
    created_at_ = now_on(with.options.timeline);
    co_return Result<>();
}

Task<> FileRequests::put_part(const Step& step, const RequestSettings& with, const Gave& gave) {
    PartBody body(*file_.source, step, with, gave);
    SLIPWAY_CO_CHECK(co_await body.begin());
    objects::PutPartRequest request;
    request.upload = upload_;
    request.number = step.part.number;
    request.checksum = body.checksum();
    auto stored = co_await with.store.put_part(request, body);
    const auto confirmed = stored ? stored->checksum : std::nullopt;
    SLIPWAY_CO_CHECK(co_await check_sent(body.slice().has_value(), body.checksum(), confirmed));
    SLIPWAY_CO_TRY(info, std::move(stored));
    if (info.etag.empty()) {
        co_return fail(
            ErrorKind::corrupted,
            fmt::format("the answer to part {} of {} has no ETag: nothing can be made of "
                        "such parts",
                        step.part.number, file_.key),
            "MissingETag");
    }
    if (auto sent = body.checksum(); !sent.value.empty()) {
        info.checksum = std::move(sent);
    }
    parts_.push_back(std::move(info));
    co_return Result<>();
}

Task<> FileRequests::complete(const Step& step, const RequestSettings& with) {
    if (create_lost_since_) {
        const auto outcome = co_await abort_strays(with);
        if (!outcome && objects::is_temporary(outcome.error()) &&
            ++stray_attempts_ < limits::retry_attempts_max) {
            co_return outcome;
        }
    }
    std::ranges::sort(parts_, {}, &objects::PartInfo::number);
    objects::CompleteMultipartRequest request;
    request.upload = upload_;
    request.parts = parts_;
    request.checksum = objects::combined_checksum(parts_);
    request.size = file_.source->size();
    request.conditions = file_.conditions;
    SLIPWAY_CO_TRY(info, co_await objects::complete_or_find(with.store, request, step.attempt > 1));
    upload_open_ = false;
    if (request.checksum) {
        SLIPWAY_CO_CHECK(check_stored(*request.checksum, info.checksum));
    }
    info_ = std::move(info);
    co_return Result<>();
}

Task<> FileRequests::abort(const RequestSettings& with) {
    if (create_lost_since_) {
        co_await abort_strays(with);  // if it fails the report says so
    }
    SLIPWAY_CO_CHECK(co_await with.store.abort_multipart(upload_));
    upload_open_ = false;
    co_return Result<>();
}

/// Aborts the uploads that lost answers to create left.
Task<> FileRequests::abort_strays(const RequestSettings& with) {
    SLIPWAY_CO_TRY(uploads, co_await uploads_of_key(with));
    const auto ours = std::ranges::find_if(
        uploads, [this](const auto& listed) { return listed.upload == upload_; });
    if (ours == uploads.end()) {
        co_return fail(ErrorKind::not_found,
                       fmt::format("the upload of {} is not among the bucket's", file_.key));
    }
    const auto lost_for = created_at_ - *create_lost_since_ + limits::engine_stray_slack;
    const Time latest = ours->initiated + limits::engine_stray_slack;
    const Time earliest =
        ours->initiated - std::chrono::duration_cast<std::chrono::microseconds>(lost_for);
    for (const auto& listed : uploads) {
        const bool in_time = listed.initiated >= earliest && listed.initiated <= latest;
        if (in_time && !(listed.upload == upload_)) {
            SLIPWAY_CO_CHECK(co_await with.store.abort_multipart(listed.upload));
        }
    }
    create_lost_since_.reset();
    co_return Result<>();
}

Task<std::vector<objects::ListedMultipartUpload>> FileRequests::uploads_of_key(
    const RequestSettings& with) {
    objects::ListMultipartUploadsRequest request;
    request.bucket = with.options.bucket;
    request.prefix = file_.key;
    std::vector<objects::ListedMultipartUpload> uploads;
    while (true) {
        SLIPWAY_CO_TRY(page, co_await with.store.list_multipart_uploads(request));
        for (auto& listed : page.uploads) {
            if (listed.upload.key != file_.key) {
                co_return uploads;  // by key: ours comes first of those with its prefix
            }
            uploads.push_back(std::move(listed));
        }
        if (!page.truncated) {
            co_return uploads;
        }
        request.key_marker = std::move(page.next_key_marker);
        request.upload_id_marker = std::move(page.next_upload_id_marker);
    }
}

}  // namespace slipway::engine
