// SPDX-License-Identifier: Apache-2.0
#include "gateway/integrity.h"

#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "objects/running_checksum.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <array>
#include <span>

namespace slipway::gateway {
namespace {

using objects::ChecksumAlgorithm;

constexpr std::array algorithms = {ChecksumAlgorithm::crc32, ChecksumAlgorithm::crc32c,
                                   ChecksumAlgorithm::crc64nvme, ChecksumAlgorithm::sha1,
                                   ChecksumAlgorithm::sha256};

Result<std::string> read_md5(std::string_view text) {
    constexpr std::size_t md5_bytes = 16;
    const auto bytes = codec::base64_decode(text);
    if (!bytes || bytes->size() != md5_bytes) {
        return s3::s3_fail("InvalidDigest", "The Content-MD5 you specified was invalid.");
    }
    return codec::hex_encode(std::as_bytes(std::span(*bytes)));
}

tl::unexpected<Error> invalid_value(std::string_view header) {
    return s3::s3_fail("InvalidRequest", fmt::format("Value for {} header is invalid.", header));
}

/// Whether the value is one of that algorithm; with `of_parts` it may end in "-" and a number.
bool is_checksum_value(std::string_view value, ChecksumAlgorithm algorithm, bool of_parts) {
    const std::string_view digest = of_parts ? value.substr(0, value.find('-')) : value;
    const auto bytes = codec::base64_decode(digest);
    return bytes && bytes->size() == objects::digest_bytes(algorithm);
}

/// The one x-amz-checksum- header.
Result<std::optional<objects::Checksum>> read_checksum_header(const Call& call, bool of_parts) {
    std::optional<objects::Checksum> checksum;
    for (const ChecksumAlgorithm algorithm : algorithms) {
        const std::string_view name = objects::header_name(algorithm);
        if (!call.has_header(name)) {
            continue;
        }
        if (checksum) {
            return s3::s3_fail("InvalidRequest",
                               "Expecting a single x-amz-checksum- header. Multiple checksum "
                               "Types are not allowed.");
        }
        const std::string_view value = call.header(name);
        if (!is_checksum_value(value, algorithm, of_parts)) {
            return s3::s3_fail("BadDigest",
                               fmt::format("The {} you specified is no {} in base64: nothing "
                                           "matches it.",
                                           name, objects::to_string(algorithm)));
        }
        checksum = objects::Checksum{algorithm, std::string(value)};
    }
    return checksum;
}

/// Amazon's JavaScript SDK (3.729 and later, seen 2026-11) presigns a PUT with the checksum of the
/// body it does not have, that is of nothing. Amazon S3 ignores it; to enforce it would refuse
/// every upload with such a URL.
bool is_checksum_of_absent_body(const Call& call, const objects::Checksum& checksum) {
    return call.claim.presigned &&
           !call.request.headers.has(objects::header_name(checksum.algorithm)) &&
           call.request.content_length != 0 &&
           checksum == objects::checksum_of(checksum.algorithm, {});
}

}  // namespace

Result<std::optional<ChecksumAlgorithm>> read_checksum_algorithm(const Call& call,
                                                                 std::string_view name) {
    const std::string_view text = call.header(name);
    if (text.empty()) {
        return std::nullopt;
    }
    const auto algorithm = objects::parse_checksum_algorithm(text);
    if (!algorithm) {
        return s3::s3_fail("InvalidRequest",
                           fmt::format("Checksum algorithm provided is unsupported: {} must be "
                                       "CRC32, CRC32C, CRC64NVME, SHA1 or SHA256.",
                                       name));
    }
    return algorithm;
}

Result<Integrity> read_payload_integrity(const Call& call) {
    Integrity declared;
    if (const std::string* md5 = call.request.headers.find("content-md5"); md5 != nullptr) {
        SLIPWAY_TRY(hex, read_md5(*md5));
        declared.md5 = std::move(hex);
    }
    if (call.claim.payload_kind == s3::PayloadKind::sha256) {
        declared.sha256 = call.claim.payload_hash;
    }
    return declared;
}

Result<std::optional<objects::Checksum>> read_object_checksum(const Call& call) {
    return read_checksum_header(call, true);
}

Result<Integrity> read_integrity(const Call& call) {
    SLIPWAY_TRY(declared, read_payload_integrity(call));
    SLIPWAY_TRY(checksum, read_checksum_header(call, false));
    constexpr std::string_view algorithm_header = "x-amz-sdk-checksum-algorithm";
    SLIPWAY_TRY(announced, read_checksum_algorithm(call, algorithm_header));
    if (const std::string_view trailer = call.header("x-amz-trailer"); !trailer.empty()) {
        const auto algorithm = trailer.starts_with("x-amz-checksum-")
                                   ? objects::parse_checksum_algorithm(trailer)
                                   : std::nullopt;
        if (!algorithm || checksum) {
            return s3::s3_fail("InvalidRequest",
                               "The value specified in the x-amz-trailer header is not supported");
        }
        checksum = objects::Checksum{*algorithm, {}};
    }
    if (announced && !checksum) {
        return s3::s3_fail("InvalidRequest",
                           "x-amz-sdk-checksum-algorithm specified, but no corresponding "
                           "x-amz-checksum-* or x-amz-trailer headers were found.");
    }
    if (announced && *announced != checksum->algorithm) {
        return invalid_value(algorithm_header);
    }
    if (checksum && !is_checksum_of_absent_body(call, *checksum)) {
        declared.checksum = std::move(checksum);
    }
    return declared;
}

Task<std::string> read_proven(Call& call, std::size_t bytes_max, Integrity declared) {
    auto read = co_await read_all(call.body, bytes_max);
    if (!read) {
        if (read.error().kind == ErrorKind::too_large) {
            co_return s3::s3_fail("MaxMessageLengthExceeded",
                                  fmt::format("Your request was too large: its body may have at "
                                              "most {} bytes.",
                                              bytes_max));
        }
        co_return fail(std::move(read).error());
    }
    SLIPWAY_CO_CHECK(check_integrity(declared, *read));
    co_return *std::move(read);
}

Result<> check_integrity(const Integrity& declared, std::string_view body) {
    if (!declared.sha256.empty() && codec::hex_encode(codec::sha256(body)) != declared.sha256) {
        return s3::s3_fail("XAmzContentSHA256Mismatch");
    }
    if (!declared.md5.empty() && codec::hex_encode(codec::md5(body)) != declared.md5) {
        return s3::s3_fail("BadDigest",
                           "The Content-MD5 you specified did not match what we received.");
    }
    if (declared.checksum && !declared.checksum->value.empty() &&
        objects::checksum_of(declared.checksum->algorithm, body) != *declared.checksum) {
        return s3::s3_fail("BadDigest",
                           fmt::format("The {} you specified did not match the calculated "
                                       "checksum.",
                                       objects::to_string(declared.checksum->algorithm)));
    }
    return {};
}

}  // namespace slipway::gateway
