// SPDX-License-Identifier: Apache-2.0
#include "engine/presence.h"

#include "engine/content_check.h"
#include "engine/read_through.h"

#include <optional>
#include <span>

namespace slipway::engine {
namespace {

Part whole(const Source& source) {
    Part part;
    part.size = source.size();
    return part;
}

Task<std::optional<objects::ObjectInfo>> look(objects::ObjectStore& store,
                                              std::string_view bucket,
                                              std::string_view key) {
    objects::GetRequest request;
    request.bucket = bucket;
    request.key = key;
    auto found = co_await store.head(request);
    if (found) {
        co_return *std::move(found);
    }
    if (found.error().kind == ErrorKind::not_found) {
        co_return std::nullopt;
    }
    co_return tl::unexpected(found.error());
}

}  // namespace

Task<bool> is_taken(objects::ObjectStore& store, std::string_view bucket, std::string_view key) {
    SLIPWAY_CO_TRY(found, co_await look(store, bucket, key));
    co_return found.has_value();
}

Task<bool> is_present(objects::ObjectStore& store,
                      std::string_view bucket,
                      const NewFile& file,
                      ChunkPool& pool) {
    SLIPWAY_CO_TRY(found, co_await look(store, bucket, file.key));
    if (!found || found->size != file.source->size()) {
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
