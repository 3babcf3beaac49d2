// SPDX-License-Identifier: Apache-2.0
#include "objects/multipart.h"

#include "codec/digest.h"
#include "codec/hex.h"

#include <fmt/format.h>

namespace slipway::objects {

std::optional<std::string> multipart_etag(std::span<const PartInfo> parts) {
    codec::Md5 digest;
    for (const PartInfo& part : parts) {
        const auto bytes = codec::hex_decode(part.etag);
        if (!bytes || bytes->size() != 16) {
            return std::nullopt;
        }
        digest.update(*bytes);
    }
    return fmt::format("{}-{}", codec::hex_encode(digest.finish()), parts.size());
}

bool is_made_of(const ObjectInfo& object, const CompleteMultipartRequest& request) {
    if (object.size != request.size) {
        return false;
    }
    const bool comparable = object.checksum && request.checksum &&
                            object.checksum->algorithm == request.checksum->algorithm;
    return comparable ? object.checksum == request.checksum
                      : object.etag == multipart_etag(request.parts);
}

}  // namespace slipway::objects
