// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/source.h"
#include "support/sim/sim_content.h"
#include "support/sim/virtual_time.h"

namespace slipway::test {

/// A simulated file on a simulated disk.
struct SimFile {
    std::uint32_t content = 0;
    std::uint32_t content_later = 0;  ///< after it changed
    Instant changes_at = Instant::max();
    std::uint64_t size = 0;
    std::uint64_t unreadable_from = ~0ULL;  ///< a bad block
    std::chrono::microseconds read_time{0};
};

/// Reads a SimFile as FileSource does a real one: a change is found after the bytes were read.
class SimSource final : public engine::Source {
  public:
    /// `chunks_most` is raised to the most chunks that were ever in use.
    SimSource(const SimFile& file, VirtualTime& time, std::size_t& chunks_most)
        : file_(file), time_(time), chunks_most_(chunks_most) {}

    std::uint64_t size() const override { return file_.size; }

    Task<engine::PartBytes> read(const engine::Part& part,
                                 objects::ChecksumAlgorithm algorithm,
                                 ChunkPool& pool) override {
        SLIPWAY_CO_TRY(chunks, co_await engine::take_chunks(part.size, pool));
        chunks_most_ = std::max(chunks_most_, pool.chunks_in_use());
        if (file_.read_time.count() > 0) {
            co_await time_.pause(file_.read_time);
        }
        if (part.offset + part.size > file_.unreadable_from) {
            co_return fail(ErrorKind::io, "cannot read the file: Input/output error");
        }
        const bool changed = time_.now() >= file_.changes_at;
        const std::uint32_t content = changed ? file_.content_later : file_.content;
        stamp(chunks, content, part.offset);
        if (changed) {
            co_return fail(ErrorKind::corrupted, "was written to while it was read",
                           "SourceChanged");
        }
        engine::PartBytes bytes;
        bytes.chunks = std::move(chunks);
        bytes.checksum = checksum_of_content(algorithm, content, part.offset, part.size);
        co_return bytes;
    }

  private:
    const SimFile& file_;
    VirtualTime& time_;
    std::size_t& chunks_most_;
};

}  // namespace slipway::test
