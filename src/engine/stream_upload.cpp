// SPDX-License-Identifier: Apache-2.0
#include "engine/stream_upload.h"

#include "engine/pacer.h"
#include "engine/plan.h"
#include "objects/multipart.h"
#include "objects/running_checksum.h"
#include "s3/limits.h"
#include "task/signal.h"
#include "task/spawn.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace slipway::engine {
namespace {

/// The bytes of a part, or fewer at the stream's end. Their checksum is made as they arrive, while
/// they are in the processor's cache.
struct Piece {
    explicit Piece(objects::ChecksumAlgorithm algorithm) : checksum(algorithm) {}

    void add(Chunk chunk) {
        checksum.update(chunk.bytes());
        size += chunk.size();
        chunks.push_back(std::move(chunk));
    }

    std::vector<Chunk> chunks;
    std::uint64_t size = 0;
    bool last = false;
    objects::RunningChecksum checksum;
};

/// Cuts a stream into pieces of given sizes. A chunk that reaches over a piece's end is copied into
/// two.
class Cutter {
  public:
    Cutter(BodyReader& stream, const StreamTarget& target)
        : stream_(stream), pacer_(target.pacer), algorithm_(target.checksum) {}

    Task<Piece> next(std::uint64_t size) {
        Piece piece(algorithm_);
        while (piece.size < size) {
            if (rest_.empty()) {
                SLIPWAY_CO_TRY(chunk, co_await stream_.read());
                if (chunk.empty()) {
                    piece.last = true;
                    break;
                }
                rest_ = std::move(chunk);
                if (pacer_ != nullptr) {
                    co_await pacer_->pass(rest_.size());
                }
            }
            take(piece, size);
        }
        co_return piece;
    }

  private:
    void take(Piece& piece, std::uint64_t size) {
        const std::uint64_t room = size - piece.size;
        if (rest_.size() <= room) {
            piece.add(std::exchange(rest_, Chunk()));
            return;
        }
        const std::string_view text = rest_.text();
        piece.add(Chunk::copy_of(text.substr(0, static_cast<std::size_t>(room))));
        rest_ = Chunk::copy_of(text.substr(static_cast<std::size_t>(room)));
    }

    BodyReader& stream_;
    Pacer* const pacer_;
    const objects::ChecksumAlgorithm algorithm_;
    Chunk rest_;
};

class StreamUpload {
  public:
    StreamUpload(objects::ObjectStore& store,
                 BodyReader& stream,
                 const StreamTarget& target,
                 const IoExecutor& executor)
        : store_(store),
          cutter_(stream, target),
          target_(target),
          executor_(executor),
          wake_(executor) {}

    Task<objects::ObjectInfo> run() {
        SLIPWAY_CO_TRY(first, co_await cutter_.next(target_.parts.size(1)));
        if (is_cancelled()) {
            co_return cancelled();
        }
        if (first.last) {
            co_return co_await put(std::move(first));
        }
        SLIPWAY_CO_CHECK(co_await create());
        auto stored = co_await store_parts(std::move(first));
        while (under_way_ > 0) {
            co_await wake_.wait();
        }
        if (stored && !failure_ && !is_cancelled()) {
            co_return co_await complete();
        }
        // Whatever became of it, the first failure is the one to tell.
        static_cast<void>(co_await store_.abort_multipart(upload_));
        if (is_cancelled()) {
            co_return cancelled();
        }
        co_return fail(failure_ ? *std::move(failure_) : stored.error());
    }

  private:
    Task<objects::ObjectInfo> put(Piece piece) {
        objects::PutRequest request;
        request.bucket = target_.bucket;
        request.key = target_.key;
        request.attributes = target_.attributes;
        request.conditions = target_.conditions;
        request.checksum = piece.checksum.finish();
        HeldBodyReader body(piece.chunks);
        SLIPWAY_CO_TRY(info, co_await store_.put(request, body));
        tell(piece.size);
        co_return info;
    }

    Task<> create() {
        objects::CreateMultipartRequest request;
        request.bucket = target_.bucket;
        request.key = target_.key;
        request.attributes = target_.attributes;
        request.checksum_algorithm = target_.checksum;
        SLIPWAY_CO_TRY(upload, co_await store_.create_multipart(request));
        upload_ = std::move(upload);
        co_return Result<>();
    }

    Task<> store_parts(Piece piece) {
        for (unsigned number = 1;; ++number) {
            size_ += piece.size;
            held_ += piece.size;
            ++under_way_;
            const bool last = piece.last;
            spawn(executor_, send_part(number, std::move(piece)));
            if (last) {
                co_return Result<>();
            }
            if (number == s3::parts_max) {
                co_return fail(ErrorKind::too_large,
                               "the stream is longer than 10,000 parts can hold; write it into a "
                               "file first, whose size is known");
            }
            const std::uint64_t next_size = target_.parts.size(number + 1);
            while (is_busy(next_size) && !failure_) {
                co_await wake_.wait();
            }
            if (failure_ || is_cancelled()) {
                co_return cancelled();
            }
            SLIPWAY_CO_TRY(next, co_await cutter_.next(next_size));
            piece = std::move(next);
            if (piece.size == 0) {
                co_return Result<>();
            }
        }
    }

    Async<void> send_part(unsigned number, Piece piece) {
        objects::PutPartRequest request;
        request.upload = upload_;
        request.number = number;
        request.checksum = piece.checksum.finish();
        HeldBodyReader body(piece.chunks);
        auto part = co_await send_anywhere(request, body, piece.size);
        if (part && part->checksum && part->checksum != request.checksum) {
            failure_ =
                fail(ErrorKind::corrupted, "the store has another checksum for a part", "BadDigest")
                    .value();
        } else if (part) {
            part->checksum = request.checksum;
            part->size = piece.size;
            parts_.push_back(*std::move(part));
            tell(piece.size);
        } else if (!failure_) {
            failure_ = part.error();
        }
        held_ -= piece.size;
        piece.chunks.clear();
        --under_way_;
        wake_.raise();
    }

    Task<objects::PartInfo> send_anywhere(const objects::PutPartRequest& request,
                                          BodyReader& body,
                                          std::uint64_t size) {
        if (target_.spread == nullptr) {
            co_return co_await store_.put_part(request, body);
        }
        co_return co_await target_.spread->run(size, store_.put_part(request, body));
    }

    Task<objects::ObjectInfo> complete() {
        std::ranges::sort(parts_, {}, &objects::PartInfo::number);
        objects::CompleteMultipartRequest request;
        request.upload = upload_;
        request.parts = parts_;
        request.size = size_;
        request.conditions = target_.conditions;
        request.checksum = objects::combined_checksum(parts_);
        auto info = co_await store_.complete_multipart(request);
        if (!info) {
            static_cast<void>(co_await store_.abort_multipart(upload_));
        }
        co_return info;
    }

    bool is_busy(std::uint64_t next_size) const {
        return under_way_ >= target_.requests_max ||
               (held_ > 0 &&
                next_size > target_.memory_bytes - std::min(held_, target_.memory_bytes));
    }
    bool is_cancelled() const { return target_.cancelled && target_.cancelled(); }
    static tl::unexpected<Error> cancelled() { return fail(ErrorKind::cancelled, "cancelled"); }
    void tell(std::uint64_t bytes) const {
        if (target_.stored) {
            target_.stored(bytes);
        }
    }

    objects::ObjectStore& store_;
    Cutter cutter_;
    const StreamTarget& target_;
    const IoExecutor executor_;
    Signal wake_;
    objects::MultipartUpload upload_;
    std::vector<objects::PartInfo> parts_;
    std::uint64_t size_ = 0;
    std::uint64_t held_ = 0;  // bytes in memory
    unsigned under_way_ = 0;
    std::optional<Error> failure_;
};

}  // namespace

Task<objects::ObjectInfo> upload_stream(objects::ObjectStore& store,
                                        BodyReader& stream,
                                        const StreamTarget& target) {
    const IoExecutor executor = co_await this_executor();
    StreamUpload upload(store, stream, target, executor);
    co_return co_await upload.run();
}

}  // namespace slipway::engine
