// SPDX-License-Identifier: Apache-2.0
#include "engine/object_requests.h"

#include "objects/multipart.h"

#include <algorithm>
#include <utility>

namespace slipway::engine {
namespace {

/// Blocks.
Result<> verify(const TargetFile& file,
                const objects::ObjectInfo& info,
                std::span<const objects::PartInfo> parts,
                bool trust_etag) {
    if (const auto combined = objects::combined_checksum(parts)) {
        return check_checksum(*combined, info.checksum->value);
    }
    ContentCheck check(info, trust_etag);
    if (!check.can_tell()) {
        return {};
    }
    const auto see = [&check](std::span<const std::byte> bytes) { check.update(bytes); };
    SLIPWAY_CHECK(file.read_through(see));
    return check.finish();
}

}  // namespace

Result<> ObjectRequests::Landing::write(std::uint64_t offset, std::span<const std::byte> bytes) {
    SLIPWAY_CHECK(file->open());
    if (whole) {
        whole->update(bytes);
    }
    if (of_part) {
        of_part->update(bytes);
    }
    SLIPWAY_CHECK(file->write_at(offset, bytes));
    return whole && offset + bytes.size() == size ? finish() : Result<>();
}

Result<> ObjectRequests::Landing::finish() {
    SLIPWAY_CHECK(whole->finish());
    SLIPWAY_CHECK(file->open());
    return file->finish(last_modified);
}

Task<> ObjectRequests::carry_out(const Step& step,
                                 const ArrivalSettings& with,
                                 const Arrival::Told& told) {
    switch (step.kind) {
        case Step::Kind::put:
            co_return co_await bring_whole(with, told);
        case Step::Kind::create:
            co_return co_await look(with, told);
        case Step::Kind::part:
            co_return co_await bring_part(step.part, with, told);
        case Step::Kind::complete:
            co_return co_await complete(with);
        case Step::Kind::abort:
            wanted_.file.reset();
            break;
    }
    co_return Result<>();
}

/// The last piece that is written verifies and names the file too, in the same visit to the disk.
Task<> ObjectRequests::bring_whole(const ArrivalSettings& with, const Arrival::Told& told) {
    auto found = pieces_.find(0);
    if (found == pieces_.end()) {
        Piece piece{Arrival(wanted_.bucket, wanted_.key), std::make_shared<Landing>()};
        piece.landing->file = wanted_.file;
        found = pieces_.emplace(0, std::move(piece)).first;
    }
    Piece& piece = found->second;
    Arrival::Told told_here = told;
    told_here.answered = [this, &piece, &told, &with](const objects::ObjectInfo& info) {
        Landing& landing = *piece.landing;
        if (!info_) {
            info_ = info;
            landing.whole.emplace(info, with.trust_etag);
            landing.size = info.size;
            landing.last_modified = info.last_modified;
        }
        told.answered(info);
    };
    const Arrival::Write write = [landing = piece.landing](std::uint64_t offset,
                                                           std::span<const std::byte> bytes) {
        return landing->write(offset, bytes);
    };
    SLIPWAY_CO_CHECK(co_await piece.arrival.attempt(with.store, with.disk, write, told_here));
    if (info_->size == 0) {
        auto finish = [landing = piece.landing] { return landing->finish(); };
        SLIPWAY_CO_CHECK(co_await with.disk.run(std::move(finish)));
    }
    co_return Result<>();
}

Task<> ObjectRequests::look(const ArrivalSettings& with, const Arrival::Told& told) {
    if (wanted_.known) {
        info_ = std::exchange(wanted_.known, std::nullopt);
    } else {
        objects::GetRequest request;
        request.bucket = wanted_.bucket;
        request.key = wanted_.key;
        SLIPWAY_CO_TRY(info, co_await with.store.head(request));
        info_ = std::move(info);
    }
    info_->key = wanted_.key;
    told.answered(*info_);
    auto open = [file = wanted_.file] { return file->open(); };
    co_return co_await with.disk.run(std::move(open));
}

Task<> ObjectRequests::bring_part(const Part& part,
                                  const ArrivalSettings& with,
                                  const Arrival::Told& told) {
    Piece& piece = piece_of(part);
    const Arrival::Write write = [landing = piece.landing](std::uint64_t offset,
                                                           std::span<const std::byte> bytes) {
        return landing->write(offset, bytes);
    };
    SLIPWAY_CO_CHECK(co_await piece.arrival.attempt(with.store, with.disk, write, told));
    objects::PartInfo arrived;
    arrived.number = part.number;
    arrived.size = piece.landing->size;
    if (piece.landing->of_part) {
        arrived.checksum = piece.landing->of_part->finish();
    }
    const auto after = [](const objects::PartInfo& one, const objects::PartInfo& other) {
        return one.number < other.number;
    };
    parts_.insert(std::ranges::upper_bound(parts_, arrived, after), std::move(arrived));
    pieces_.erase(part.number);
    co_return Result<>();
}

ObjectRequests::Piece& ObjectRequests::piece_of(const Part& part) {
    const auto found = pieces_.find(part.number);
    if (found != pieces_.end()) {
        return found->second;
    }
    const bool last = part.offset + part.size == wanted_.size;
    const std::uint64_t first = std::min(part.offset, info_->size);
    const std::uint64_t end = last ? info_->size : std::min(first + part.size, info_->size);
    auto landing = std::make_shared<Landing>();
    landing->file = wanted_.file;
    landing->size = end - first;
    if (info_->checksum && objects::can_be_full_object(info_->checksum->algorithm)) {
        landing->of_part.emplace(info_->checksum->algorithm);
    }
    Piece piece{Arrival(wanted_.bucket, *info_, first, end), std::move(landing)};
    return pieces_.emplace(part.number, std::move(piece)).first->second;
}

Task<> ObjectRequests::complete(const ArrivalSettings& with) {
    auto work = [file = wanted_.file, info = *info_, parts = std::move(parts_),
                 trust_etag = with.trust_etag]() -> Result<> {
        SLIPWAY_CHECK(verify(*file, info, parts, trust_etag));
        return file->finish(info.last_modified);
    };
    co_return co_await with.disk.run(std::move(work));
}

}  // namespace slipway::engine
