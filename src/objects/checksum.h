// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::objects {

/// The checksums S3 knows for an object.
enum class ChecksumAlgorithm { crc32, crc32c, crc64nvme, sha1, sha256 };

/// "CRC32C", as in ChecksumAlgorithm elements and x-amz-sdk-checksum-algorithm.
std::string_view to_string(ChecksumAlgorithm algorithm);
/// "x-amz-checksum-crc32c".
std::string_view header_name(ChecksumAlgorithm algorithm);
/// Reads "CRC32C", "crc32c" or the header's name.
std::optional<ChecksumAlgorithm> parse_checksum_algorithm(std::string_view text);
/// Size of the value in bytes before base64: 4, 4, 8, 20, 32.
std::size_t digest_bytes(ChecksumAlgorithm algorithm);
/// Whether S3 keeps it over the whole of an object that came in parts (the CRCs, which can be put
/// together from those of the parts); of the others there is only one over the parts' checksums.
bool can_be_full_object(ChecksumAlgorithm algorithm);

/// A checksum over a whole object; `value` is base64 of the big-endian bytes, as on the wire. One
/// over the checksums of its parts ends with "-" and their number.
struct Checksum {
    ChecksumAlgorithm algorithm = ChecksumAlgorithm::crc64nvme;
    std::string value;
    friend bool operator==(const Checksum&, const Checksum&) = default;
};

/// Whether it is one over those of the parts: x-amz-checksum-type COMPOSITE.
inline bool is_composite(const Checksum& checksum) {
    return checksum.value.find('-') != std::string::npos;  // base64 has none
}

/// A store that says what it has must have what was sent.
/// Errors: corrupted `BadDigest`, where both are of one algorithm and differ.
Result<> check_stored(const Checksum& sent, const std::optional<Checksum>& stored);

}  // namespace slipway::objects
