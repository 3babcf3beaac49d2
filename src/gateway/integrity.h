// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/call.h"
#include "objects/checksum.h"
#include "task/task.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::gateway {

/// What a request declares about its body.
struct Integrity {
    std::string md5;     ///< hex; empty: not declared
    std::string sha256;  ///< hex; empty: not declared
    /// With an empty value: it follows in the trailer, where payload.h checks it.
    std::optional<objects::Checksum> checksum;

    bool declared() const { return !md5.empty() || checksum.has_value(); }
};

/// Reads Content-MD5 and x-amz-content-sha256: where checksums are not about the body.
/// Errors: invalid_argument `InvalidDigest`.
Result<Integrity> read_payload_integrity(const Call& call);

/// Reads Content-MD5, x-amz-content-sha256, x-amz-checksum-*, x-amz-sdk-checksum-algorithm and
/// x-amz-trailer.
/// Errors: invalid_argument `InvalidDigest`, `InvalidRequest`; `BadDigest` for a checksum that no
/// body has.
Result<Integrity> read_integrity(const Call& call);

/// The x-amz-checksum-* header where it is about an object that is to be made of parts: it may be
/// one over those of the parts.
/// Errors: as read_integrity.
Result<std::optional<objects::Checksum>> read_object_checksum(const Call& call);

/// The whole body, proven to be what was declared.
/// Errors: too_large `MaxMessageLengthExceeded`; those of check_integrity and of the body.
Task<std::string> read_proven(Call& call, std::size_t bytes_max, Integrity declared);

/// Whether a body that is here is what was declared.
/// Errors: corrupted `BadDigest`, `XAmzContentSHA256Mismatch`.
Result<> check_integrity(const Integrity& declared, std::string_view body);

/// The algorithm that header `name` names, if it is there.
/// Errors: invalid_argument `InvalidRequest` for one that S3 does not know.
Result<std::optional<objects::ChecksumAlgorithm>> read_checksum_algorithm(const Call& call,
                                                                          std::string_view name);

}  // namespace slipway::gateway
