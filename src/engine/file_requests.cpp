// SPDX-License-Identifier: Apache-2.0
#include "engine/file_requests.h"

#include "codec/digest.h"
#include "codec/hex.h"
#include "engine/left_uploads.h"
#include "engine/read_through.h"
#include "objects/lost_answer.h"
#include "objects/multipart.h"
#include "objects/retry.h"
#include "objects/running_checksum.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <unistd.h>
#include <utility>

namespace slipway::engine {

/// A part's bytes: read before they are sent, or piece by piece while they are, or sent from their
/// file, whether or not that was read through before. Gives its chunks away one after the other, so
/// that each one's memory is free once it is sent.
class PartBody final : public BodyReader {
  public:
    PartBody(Source& source, const Step& step, const RequestSettings& with, const Gave& gave)
        : source_(source),
          part_(step.part),
          piece_bytes_(step.in_pieces && !source.in_file() ? limits::engine_piece_bytes
                                                           : step.part.size),
          with_(with),
          gave_(gave) {}

    /// Before anything else, unless it begins later: the first piece. Errors: those of the source.
    Task<> begin() {
        begins_later_ = false;
        taken_ = 0;
        SLIPWAY_CO_CHECK(co_await read_piece());
        one_chunk_ = chunks_.size() == 1 && read_ == part_.size;
        if (one_chunk_) {
            co_await pass(part_.size);
            // The pool has a chunk for each request beyond what the scheduler counts, so this one
            // may as well count as sent.
            take(part_.size);
        }
        co_return Result<>();
    }

    /// Instead of begin(), for a large part of a file that nobody has to know before it is sent:
    /// whoever sends it reads it, or begins.
    void begin_later() { begins_later_ = true; }

    Task<Chunk> read() override {
        if (is_sent_from_file() && chunks_.empty()) {
            co_return co_await read_from_file();
        }
        if (next_ == chunks_.size() && read_ < part_.size) {
            SLIPWAY_CO_CHECK(co_await read_piece());
        }
        Chunk chunk;
        if (next_ < chunks_.size()) {
            chunk = std::move(chunks_[next_++]);
        }
        if (!one_chunk_) {
            co_await pass(chunk.size());
            gave_(chunk.size());
        }
        co_return chunk;
    }
    std::optional<std::uint64_t> size() const override { return part_.size; }

    /// Chunks are sent from where they are, in one call with the request's head; several at full
    /// speed, as a slice is, and only once: waiting for an answer takes no memory. Who has to send
    /// them again does so from the file.
    std::optional<std::span<const Chunk>> held() const override {
        const bool whole = !chunks_.empty() && read_ == part_.size && pieces_.size() == 1;
        return whole && (one_chunk_ || with_.pacer == nullptr)
                   ? std::optional<std::span<const Chunk>>(chunks_)
                   : std::nullopt;
    }
    std::optional<FileSlice> slice() const override {
        return with_.pacer != nullptr ? std::nullopt : slice_;
    }
    bool at_hand() const override { return source_.in_file() && with_.pacer == nullptr; }
    bool is_sent_from_file() const {
        return begins_later_ || (slice_.has_value() && !sent_from_memory_);
    }
    void took(std::uint64_t bytes) override {
        if (one_chunk_) {
            return;
        }
        take(bytes);
        if (taken_ == part_.size) {
            sent_from_memory_ = !chunks_.empty();
            chunks_.clear();
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

    Task<objects::Checksum> read_checksum() {
        SLIPWAY_CO_CHECK(co_await begin());
        co_return checksum();
    }

  private:
    void take(std::uint64_t bytes) {
        taken_ += bytes;
        const std::uint64_t more = taken_ - std::min(taken_, told_);  // what is sent again is not
        told_ += more;
        if (more == 0) {
            return;
        }
        gave_(static_cast<std::size_t>(more));
        if (told_ == part_.size) {
            gave_(0);
        }
    }

    Async<void> pass(std::uint64_t bytes) {
        if (with_.pacer != nullptr) {
            co_await with_.pacer->pass(bytes);
        }
    }

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

    /// For who does not send from files, or computes the checksum meanwhile.
    Task<Chunk> read_from_file() {
        if (taken_ >= part_.size) {
            co_return Chunk();
        }
        Part rest = part_;
        rest.offset += taken_;
        rest.size -= taken_;
        co_await pass(std::min<std::uint64_t>(limits::chunk_bytes, rest.size));
        SLIPWAY_CO_TRY(chunk, co_await source_.read_chunk(rest, with_.pool));
        take(chunk.size());
        co_return chunk;
    }

    Source& source_;
    const Part part_;
    const std::uint64_t piece_bytes_;
    const RequestSettings& with_;
    const Gave& gave_;
    std::vector<Chunk> chunks_;
    std::size_t next_ = 0;
    bool one_chunk_ = false;
    std::uint64_t read_ = 0;
    std::vector<objects::PartInfo> pieces_;
    std::optional<FileSlice> slice_;
    bool begins_later_ = false;
    bool sent_from_memory_ = false;
    std::uint64_t taken_ = 0;  // of what is sent from where it is
    std::uint64_t told_ = 0;   // of that
};

namespace {

/// The answer says that nothing was done: the request was at fault, or came at a bad time.
bool was_refused(const Error& error) {
    return (error.http_status >= 400 && error.http_status < 500) || error.http_status == 501 ||
           error.http_status == 503;
}

}  // namespace

Task<bool> FileRequests::carry_out(const Step& step,
                                   const RequestSettings& with,
                                   const Gave& gave) {
    switch (step.kind) {
        case Step::Kind::put:
        case Step::Kind::part:
            co_return co_await send(step, with, gave);
        case Step::Kind::create:
            SLIPWAY_CO_CHECK(co_await create(with));
            break;
        case Step::Kind::complete:
            SLIPWAY_CO_CHECK(co_await complete(step, with));
            break;
        case Step::Kind::abort:
            SLIPWAY_CO_CHECK(co_await abort(step, with));
            break;
    }
    co_return true;
}

namespace {

/// `gave` for a thread that is not its own. Tells several chunks at once.
Gave told_to(IoExecutor owner, const Gave& gave) {
    return [owner, &gave, untold = std::size_t{0}](std::size_t bytes) mutable {
        constexpr std::size_t told_at_once = 2U << 20U;
        untold += bytes;
        const bool over = bytes == 0;
        if (!over && untold < told_at_once) {
            return;
        }
        call_on(owner, [&gave, over, told = std::exchange(untold, 0)] {
            if (told > 0) {
                gave(told);
            }
            if (over) {
                gave(0);
            }
        });
    };
}

}  // namespace

Task<bool> FileRequests::send(const Step& step, const RequestSettings& with, const Gave& gave) {
    Sent sent;
    const bool large = step.part.size >= limits::engine_spread_bytes_min;
    // A pacer is of one thread, which whoever has a limit does not need more of.
    if (large && with.options.spread != nullptr && with.pacer == nullptr) {
        const Gave told = told_to(co_await this_executor(), gave);
        auto work = send_here(step, with, told);
        SLIPWAY_CO_TRY(there, co_await with.options.spread->run(step.part.size, std::move(work)));
        sent = std::move(there);
    } else {
        SLIPWAY_CO_TRY(here, co_await send_here(step, with, gave));
        sent = std::move(here);
    }
    if (sent.part) {
        parts_.push_back(*std::move(sent.part));
    }
    co_return sent.now;
}

/// On any I/O thread: of what parts share it changes nothing.
auto FileRequests::send_here(const Step& step, const RequestSettings& with, const Gave& gave)
    -> Task<Sent> {
    if (step.kind == Step::Kind::part) {
        co_return co_await put_part(step, with, gave);
    }
    SLIPWAY_CO_CHECK(co_await put(step, with, gave));
    co_return Sent();
}

/// The checksum of bytes that go in pieces, before they go; without a value where those of pieces
/// make none of the whole.
Task<objects::Checksum> FileRequests::checksum_ahead(const Part& part,
                                                     const RequestSettings& with) {
    std::vector<objects::PartInfo> pieces;
    for (std::uint64_t read = 0; read < part.size; read += pieces.back().size) {
        Part piece = part;
        piece.offset += read;
        piece.size = std::min<std::uint64_t>(limits::engine_piece_bytes, part.size - read);
        SLIPWAY_CO_TRY(bytes, co_await file_.source->read(piece, with.options.checksum, with.pool));
        pieces.push_back(objects::PartInfo{0, piece.size, {}, std::move(bytes.checksum)});
    }
    const objects::Checksum unknown{with.options.checksum, {}};
    co_return objects::combined_checksum(pieces).value_or(unknown);
}

Task<> FileRequests::put(const Step& step, const RequestSettings& with, const Gave& gave) {
    // A condition that does not hold any more is met by what the attempt before has stored; to know
    // it again takes the checksum, which pieces else have only once they are sent.
    std::optional<objects::Checksum> ahead;
    const bool pieces = step.in_pieces && !file_.source->in_file();
    if (step.attempt > 1 && pieces && !file_.conditions.none()) {
        SLIPWAY_CO_TRY(checksum, co_await checksum_ahead(step.part, with));
        ahead = std::move(checksum);
    }
    PartBody body(*file_.source, step, with, gave);
    SLIPWAY_CO_CHECK(co_await body.begin());
    objects::PutRequest request;
    request.bucket = with.options.bucket;
    request.key = file_.key;
    request.attributes = file_.attributes;
    request.conditions = file_.conditions;
    request.checksum = ahead ? *std::move(ahead) : body.checksum();
    auto info =
        co_await objects::put_or_find(with.store, request, body, step.part.size, step.attempt > 1);
    const auto confirmed = info ? info->checksum : std::nullopt;
    SLIPWAY_CO_CHECK(co_await check_sent(body.is_sent_from_file(), body.checksum(), confirmed));
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
    co_return objects::check_stored(sent, stored);
}

Task<> FileRequests::create(const RequestSettings& with) {
    objects::CreateMultipartRequest request;
    request.bucket = with.options.bucket;
    request.key = file_.key;
    request.attributes = file_.attributes;
    request.checksum_algorithm = with.options.checksum;
    UploadJournal* const journal = with.options.journal;
    const std::string shape = journal != nullptr ? upload_shape(request) : "";
    if (journal != nullptr && with.options.resume && !create_lost_since_) {
        SLIPWAY_CO_TRY(goes_on, co_await go_on(with, shape));
        if (goes_on) {
            co_return Result<>();
        }
    }
    const bool first = !create_lost_since_;
    if (first) {
        create_lost_since_ = now_on(with.options.timeline);  // until an answer comes
        if (journal != nullptr) {
            journal->asking(file_.key);
        }
    }
    auto created = co_await with.store.create_multipart(request);
    const bool knows_none = !created && created.error().code == "NotImplemented";
    if (knows_none || (first && (created || was_refused(created.error())))) {
        create_lost_since_.reset();
    }
    if (!created) {
        if (journal != nullptr && !create_lost_since_) {
            journal->settled(file_.key);
        }
        co_return fail(std::move(created).error());
    }
    upload_ = *std::move(created);
    upload_open_ = true;
    created_at_ = now_on(with.options.timeline);
    if (journal != nullptr) {
        journal->begun(upload_, shape, !create_lost_since_);
    }
    co_return Result<>();
}

/// Takes over what a run before has left of the file, if it did.
Task<bool> FileRequests::go_on(const RequestSettings& with, const std::string& shape) {
    UploadJournal& journal = *with.options.journal;
    while (const LeftUpload* left = journal.adopt(file_.key, shape, this)) {
        const objects::MultipartUpload upload{with.options.bucket, left->key, left->upload_id};
        auto parts = co_await parts_of(with.store, upload);
        if (parts) {
            listed_ = *std::move(parts);
            upload_ = upload;
            upload_open_ = true;
            co_return true;
        }
        if (parts.error().kind != ErrorKind::not_found) {
            co_return fail(std::move(parts).error());
        }
        journal.over(upload);  // completed or aborted when nobody was left to write it down
    }
    co_return false;
}

/// Whether the store has the part, as its checksum there says, or for want of one its ETag where
/// that is an MD5. An ETag that is none is no MD5 of these bytes.
Task<bool> FileRequests::is_there(objects::PartInfo& there,
                                  const Part& part,
                                  PartBody& body,
                                  const RequestSettings& with) {
    if (there.size != part.size) {
        co_return false;
    }
    const objects::Checksum read = body.checksum();
    if (there.checksum && there.checksum->algorithm == read.algorithm && !read.value.empty()) {
        co_return there.checksum->value == read.value;
    }
    codec::Md5 md5;
    objects::RunningChecksum running(with.options.checksum);
    const auto see = [&](std::span<const std::byte> bytes) {
        md5.update(bytes);
        running.update(bytes);
    };
    SLIPWAY_CO_CHECK(co_await read_through(*file_.source, part, with.pool, see));
    there.checksum = running.finish();
    co_return codec::hex_encode(md5.finish()) == there.etag;
}

/// Completed or aborted.
void FileRequests::upload_over(const RequestSettings& with) {
    upload_open_ = false;
    if (with.options.journal != nullptr) {
        with.options.journal->over(upload_);
        if (!create_lost_since_) {
            with.options.journal->settled(file_.key);
        }
    }
}

auto FileRequests::put_part(const Step& step, const RequestSettings& with, const Gave& gave)
    -> Task<Sent> {
    PartBody body(*file_.source, step, with, gave);
    const auto listed = listed_.find(step.part.number);
    // The store may want the checksum before the bytes, or compute it from them.
    const bool later = file_.source->in_file() && with.pacer == nullptr &&
                       step.part.size > limits::engine_piece_bytes && listed == listed_.end();
    if (later) {
        body.begin_later();
    } else {
        SLIPWAY_CO_CHECK(co_await body.begin());
    }
    if (listed != listed_.end()) {
        objects::PartInfo part = listed->second;
        SLIPWAY_CO_TRY(there, co_await is_there(part, step.part, body, with));
        if (there) {
            co_return Sent{std::move(part), false};
        }
    }
    objects::PutPartRequest request;
    request.upload = upload_;
    request.number = step.part.number;
    request.checksum = body.checksum();
    if (later) {
        request.read_checksum = [&body] { return body.read_checksum(); };
    }
    auto stored = co_await with.store.put_part(request, body);
    const auto confirmed = stored ? stored->checksum : std::nullopt;
    SLIPWAY_CO_CHECK(co_await check_sent(body.is_sent_from_file(), body.checksum(), confirmed));
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
    co_return Sent{std::move(info), true};
}

Task<> FileRequests::complete(const Step& step, const RequestSettings& with) {
    if (create_lost_since_) {
        const auto outcome = co_await abort_strays(with);
        if (!outcome && may_pass(outcome.error(), with.options.timeline)) {
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
    upload_over(with);
    if (request.checksum) {
        SLIPWAY_CO_CHECK(objects::check_stored(*request.checksum, info.checksum));
    }
    info_ = std::move(info);
    co_return Result<>();
}

/// Whether the file waits, and its strays are looked for once more. If not the report says that an
/// upload may be left.
bool FileRequests::may_pass(const Error& error, const Timeline* timeline) {
    const Instant now = now_on(timeline);
    if (!strays_failing_since_) {
        strays_failing_since_ = now;
    }
    return objects::is_temporary(error) &&
           now - *strays_failing_since_ < limits::engine_stray_time_max;
}

Task<> FileRequests::abort(const Step& step, const RequestSettings& with) {
    if (create_lost_since_) {
        const auto outcome = co_await abort_strays(with);
        const bool again = step.attempt < limits::retry_attempts_max;  // the last one is for ours
        if (!outcome && again && may_pass(outcome.error(), with.options.timeline)) {
            co_return outcome;
        }
    }
    SLIPWAY_CO_CHECK(co_await abort_upload(with.store, upload_));
    upload_over(with);
    co_return Result<>();
}

/// Aborts the uploads that lost answers to create left.
Task<> FileRequests::abort_strays(const RequestSettings& with) {
    SLIPWAY_CO_TRY(uploads, co_await uploads_of_key(with.store, with.options.bucket, file_.key));
    const auto ours = std::ranges::find_if(
        uploads, [this](const auto& listed) { return listed.upload == upload_; });
    if (ours == uploads.end()) {
        co_return fail(ErrorKind::not_found,
                       fmt::format("the upload of {} is not among the bucket's", file_.key));
    }
    const auto lost_for = created_at_ - *create_lost_since_ + limits::engine_stray_slack;
    const BegunWithin time{
        ours->initiated - std::chrono::duration_cast<std::chrono::microseconds>(lost_for),
        ours->initiated + limits::engine_stray_slack};
    SLIPWAY_CO_CHECK(co_await abort_begun(with.store, uploads, time, upload_.upload_id));
    create_lost_since_.reset();
    co_return Result<>();
}

}  // namespace slipway::engine
