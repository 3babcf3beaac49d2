// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/storage.h"
#include "store/upload_reader.h"
#include "task/body.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace slipway::store {

/// The bytes of an object in parts, or of a piece of one, in order.
///
/// Each file is opened when its turn comes; the pin keeps it until then. What is in files can be
/// sent from there (next_slice); read() brings it through memory, from a disk thread.
class SegmentReader final : public BodyReader {
  public:
    SegmentReader(Storage& storage, std::vector<Segment> segments, UploadPins::Pin pin);
    /// A piece of one open file.
    SegmentReader(Storage& storage, FileSlice slice);

    std::optional<std::uint64_t> size() const override { return size_; }
    Task<Chunk> read() override;
    Result<std::optional<FileSlice>> next_slice() override;

  private:
    /// Makes open_ the file of the segment to come, unless that has none.
    Result<> open_next();

    Storage& storage_;
    std::vector<Segment> segments_;
    std::size_t next_ = 0;
    std::uint64_t size_ = 0;
    FileSlice open_;  ///< what is left of the segment before next_; size 0: nothing
    UploadPins::Pin pin_;
};

}  // namespace slipway::store
