// SPDX-License-Identifier: Apache-2.0
#include "engine/presence.h"

#include "engine/content_check.h"
#include "engine/read_through.h"

#include <span>

namespace slipway::engine {
namespace {

Part whole(const Source& source) {
    Part part;
    part.size = source.size();
    return part;
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
    const auto see = [&check](std::span<const std::byte> bytes) { check.update(bytes); };
    SLIPWAY_CO_CHECK(co_await read_through(*file.source, whole(*file.source), pool, see));
    co_return check.finish().has_value();
}

}  // namespace slipway::engine
