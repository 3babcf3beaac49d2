// SPDX-License-Identifier: Apache-2.0
#include "objects/multipart.h"

#include "codec/base64.h"
#include "codec/crc.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "objects/running_checksum.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>

namespace slipway::objects {
namespace {

/// A value as on the wire: most significant byte first, in base64.
template <class Crc>
std::optional<typename Crc::Value> crc_value(const std::optional<Checksum>& checksum,
                                             ChecksumAlgorithm algorithm) {
    if (!checksum || checksum->algorithm != algorithm) {
        return std::nullopt;
    }
    const auto bytes = codec::base64_decode(checksum->value);
    if (!bytes || bytes->size() != sizeof(typename Crc::Value)) {
        return std::nullopt;
    }
    typename Crc::Value value = 0;
    for (const char byte : *bytes) {
        value = static_cast<typename Crc::Value>((value << 8) | static_cast<unsigned char>(byte));
    }
    return value;
}

template <class Crc>
std::optional<Checksum> combined_crc(std::span<const PartInfo> parts, ChecksumAlgorithm algorithm) {
    typename Crc::Value whole = 0;
    for (const PartInfo& part : parts) {
        const auto value = crc_value<Crc>(part.checksum, algorithm);
        if (!value) {
            return std::nullopt;
        }
        whole = Crc::combine(whole, *value, part.size);
    }
    std::array<std::byte, sizeof(whole)> bytes;
    for (std::size_t i = bytes.size(); i > 0; --i) {
        bytes[i - 1] = static_cast<std::byte>(whole & 0xff);
        whole = static_cast<typename Crc::Value>(whole >> 8);
    }
    return Checksum{algorithm, codec::base64_encode(bytes)};
}

}  // namespace

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

std::optional<Checksum> combined_checksum(std::span<const PartInfo> parts) {
    if (parts.empty() || !parts.front().checksum) {
        return std::nullopt;
    }
    switch (const auto algorithm = parts.front().checksum->algorithm; algorithm) {
        case ChecksumAlgorithm::crc32:
            return combined_crc<codec::Crc32>(parts, algorithm);
        case ChecksumAlgorithm::crc32c:
            return combined_crc<codec::Crc32c>(parts, algorithm);
        case ChecksumAlgorithm::crc64nvme:
            return combined_crc<codec::Crc64Nvme>(parts, algorithm);
        case ChecksumAlgorithm::sha1:
        case ChecksumAlgorithm::sha256:
            break;
    }
    return std::nullopt;
}

std::optional<Checksum> composite_checksum(std::span<const PartInfo> parts) {
    if (parts.empty() || !parts.front().checksum) {
        return std::nullopt;
    }
    const ChecksumAlgorithm algorithm = parts.front().checksum->algorithm;
    RunningChecksum running(algorithm);
    for (const PartInfo& part : parts) {
        if (!part.checksum || part.checksum->algorithm != algorithm) {
            return std::nullopt;
        }
        const auto bytes = codec::base64_decode(part.checksum->value);
        if (!bytes || bytes->size() != digest_bytes(algorithm)) {
            return std::nullopt;
        }
        running.update(*bytes);
    }
    Checksum whole = running.finish();
    whole.value += fmt::format("-{}", parts.size());
    return whole;
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
