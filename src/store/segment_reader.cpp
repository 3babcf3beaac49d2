// SPDX-License-Identifier: Apache-2.0
#include "store/segment_reader.h"

#include "base/limits.h"

#include <algorithm>
#include <utility>

namespace slipway::store {
namespace {

/// On a disk thread.
Result<> read_piece(FileSystem& system, const FileSlice& piece, Chunk& into) {
    const auto room = std::span(into.data(), static_cast<std::size_t>(piece.size));
    SLIPWAY_CHECK(system.read(piece.file->fd(), room, piece.offset));
    into.resize(room.size());
    return {};
}

}  // namespace

SegmentReader::SegmentReader(Storage& storage, std::vector<Segment> segments, UploadPins::Pin pin)
    : storage_(storage), segments_(std::move(segments)), pin_(std::move(pin)) {
    for (const Segment& segment : segments_) {
        size_ += segment.size;
    }
}

SegmentReader::SegmentReader(Storage& storage, FileSlice slice)
    : storage_(storage), size_(slice.size), open_(std::move(slice)) {
}

Result<> SegmentReader::open_next() {
    if (open_.size > 0 || next_ == segments_.size() || segments_[next_].file.empty()) {
        return {};
    }
    const Segment& segment = segments_[next_];
    SLIPWAY_TRY(file, storage_.files.open_to_read(segment.file));
    open_ = FileSlice{std::move(file), segment.offset, segment.size};
    ++next_;
    return {};
}

Result<std::optional<FileSlice>> SegmentReader::next_slice() {
    SLIPWAY_CHECK(open_next());
    if (open_.size == 0) {
        return std::nullopt;
    }
    return std::exchange(open_, FileSlice());
}

Task<Chunk> SegmentReader::read() {
    SLIPWAY_CO_CHECK(open_next());
    if (open_.size == 0) {
        if (next_ == segments_.size()) {
            co_return Chunk();
        }
        co_return Chunk::copy_of(segments_[next_++].data);
    }
    FileSlice piece = open_;
    piece.size = std::min<std::uint64_t>(open_.size, limits::chunk_bytes);
    Chunk chunk = Chunk::with_capacity(static_cast<std::size_t>(piece.size));
    auto read = [this, &piece, &chunk] {
        return read_piece(storage_.files.system(), piece, chunk);
    };
    SLIPWAY_CO_CHECK(co_await storage_.disk.run(std::move(read)));
    open_.offset += piece.size;
    open_.size -= piece.size;
    if (open_.size == 0) {
        open_.file.reset();
    }
    co_return chunk;
}

}  // namespace slipway::store
