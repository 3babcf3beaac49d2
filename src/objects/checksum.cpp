// SPDX-License-Identifier: Apache-2.0
#include "objects/checksum.h"

#include "http/headers.h"

#include <fmt/format.h>

#include <array>

namespace slipway::objects {
namespace {

struct Row {
    ChecksumAlgorithm algorithm;
    std::string_view name;
    std::string_view header;
    std::size_t bytes;
};

constexpr std::array<Row, 5> rows{{
    {ChecksumAlgorithm::crc32, "CRC32", "x-amz-checksum-crc32", 4},
    {ChecksumAlgorithm::crc32c, "CRC32C", "x-amz-checksum-crc32c", 4},
    {ChecksumAlgorithm::crc64nvme, "CRC64NVME", "x-amz-checksum-crc64nvme", 8},
    {ChecksumAlgorithm::sha1, "SHA1", "x-amz-checksum-sha1", 20},
    {ChecksumAlgorithm::sha256, "SHA256", "x-amz-checksum-sha256", 32},
}};

const Row& row(ChecksumAlgorithm algorithm) {
    return rows[static_cast<std::size_t>(algorithm)];
}

}  // namespace

std::string_view to_string(ChecksumAlgorithm algorithm) {
    return row(algorithm).name;
}

std::string_view header_name(ChecksumAlgorithm algorithm) {
    return row(algorithm).header;
}

std::optional<ChecksumAlgorithm> parse_checksum_algorithm(std::string_view text) {
    for (const Row& each : rows) {
        if (http::equal_ignoring_case(text, each.name) ||
            http::equal_ignoring_case(text, each.header)) {
            return each.algorithm;
        }
    }
    return std::nullopt;
}

std::size_t digest_bytes(ChecksumAlgorithm algorithm) {
    return row(algorithm).bytes;
}

bool can_be_full_object(ChecksumAlgorithm algorithm) {
    return algorithm != ChecksumAlgorithm::sha1 && algorithm != ChecksumAlgorithm::sha256;
}

Result<> check_stored(const Checksum& sent, const std::optional<Checksum>& stored) {
    const bool comparable = stored && stored->algorithm == sent.algorithm && !sent.value.empty();
    if (comparable && stored->value != sent.value) {
        return fail(ErrorKind::corrupted,
                    fmt::format("the store has {} {}, {} was sent", to_string(sent.algorithm),
                                stored->value, sent.value),
                    "BadDigest");
    }
    return {};
}

}  // namespace slipway::objects
