// SPDX-License-Identifier: Apache-2.0
#include "engine/presence.h"

#include "codec/digest.h"
#include "codec/hex.h"
#include "engine/read_through.h"
#include "objects/running_checksum.h"

#include <span>
#include <string>

namespace slipway::engine {
namespace {

Part whole(const Source& source) {
    Part part;
    part.size = source.size();
    return part;
}

/// An ETag of an upload in parts has a '-', one of an encrypted object is no MD5 and differs.
bool may_be_md5(std::string_view etag) {
    return etag.size() == 32 && etag.find_first_not_of("0123456789abcdef") == etag.npos;
}

Task<bool> has_checksum(const NewFile& file, ChunkPool& pool, const objects::Checksum& stored) {
    objects::RunningChecksum running(stored.algorithm);
    const auto see = [&running](std::span<const std::byte> bytes) { running.update(bytes); };
    SLIPWAY_CO_CHECK(co_await read_through(*file.source, whole(*file.source), pool, see));
    co_return running.finish() == stored;
}

Task<bool> has_md5(const NewFile& file, ChunkPool& pool, std::string_view etag) {
    codec::Md5 running;
    const auto see = [&running](std::span<const std::byte> bytes) { running.update(bytes); };
    SLIPWAY_CO_CHECK(co_await read_through(*file.source, whole(*file.source), pool, see));
    co_return codec::hex_encode(running.finish()) == etag;
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
    // One over the checksums of parts ends in "-" and their number.
    if (found->checksum && found->checksum->value.find('-') == std::string::npos) {
        co_return co_await has_checksum(file, pool, *found->checksum);
    }
    if (may_be_md5(found->etag)) {
        co_return co_await has_md5(file, pool, found->etag);
    }
    co_return false;
}

}  // namespace slipway::engine
