// SPDX-License-Identifier: Apache-2.0
#include "engine/presence.h"

#include "engine/content_check.h"

#include <algorithm>
#include <functional>
#include <span>

namespace slipway::engine {
namespace {

using See = std::function<void(std::span<const std::byte>)>;

/// Reads the file from its start to its end. Holds one chunk at a time: those who hold one and wait
/// for another would wait for each other.
Task<> read_through(Source& source, ChunkPool& pool, const See& see) {
    std::uint64_t offset = 0;
    while (offset < source.size()) {
        Part part;
        part.offset = offset;
        part.size = std::min<std::uint64_t>(limits::chunk_bytes, source.size() - offset);
        SLIPWAY_CO_TRY(bytes,
                       co_await source.read(part, objects::ChecksumAlgorithm::crc64nvme, pool));
        for (const Chunk& chunk : bytes.chunks) {
            see(chunk.bytes());
        }
        offset += part.size;
    }
    co_return Result<>();
}

}  // namespace

Task<bool> is_present(objects::ObjectStore& store,
                      std::string_view bucket,
                      const NewFile& file,
                      ChunkPool& pool) {
    objects::GetRequest request;
    request.bucket = bucket;
    request.key = file.key;
    const auto found = co_await store.head(request);
    if (!found && found.error().kind == ErrorKind::not_found) {
        co_return false;
    }
    if (!found) {
        co_return tl::unexpected(found.error());
    }
    if (found->size != file.source->size()) {
        co_return false;
    }
    ContentCheck check(*found, true);
    if (!check.can_tell()) {
        co_return false;
    }
    const See see = [&check](std::span<const std::byte> bytes) { check.update(bytes); };
    SLIPWAY_CO_CHECK(co_await read_through(*file.source, pool, see));
    co_return check.finish().has_value();
}

}  // namespace slipway::engine
