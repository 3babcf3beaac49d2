// SPDX-License-Identifier: Apache-2.0
#include "engine/read_through.h"

#include <algorithm>

namespace slipway::engine {

Task<> read_through(Source& source,
                    Part part,
                    ChunkPool& pool,
                    const std::function<void(std::span<const std::byte>)>& see) {
    const std::uint64_t end = part.offset + part.size;
    while (part.offset < end) {
        part.size = std::min<std::uint64_t>(limits::chunk_bytes, end - part.offset);
        SLIPWAY_CO_TRY(bytes,
                       co_await source.read(part, objects::ChecksumAlgorithm::crc64nvme, pool));
        for (const Chunk& chunk : bytes.chunks) {
            see(chunk.bytes());
        }
        part.offset += part.size;
    }
    co_return Result<>();
}

}  // namespace slipway::engine
