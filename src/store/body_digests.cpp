// SPDX-License-Identifier: Apache-2.0
#include "store/body_digests.h"

#include "codec/base64.h"
#include "codec/hex.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::store {
namespace {

using objects::ChecksumAlgorithm;

constexpr std::size_t md5_digits = 32;
constexpr std::size_t sha256_digits = 64;

std::string hex_of_base64(const std::string& base64) {
    const std::string bytes = codec::base64_decode(base64).value_or(std::string());
    return codec::hex_encode(std::as_bytes(std::span(bytes)));
}

Result<> check_checksum(const objects::Checksum& checksum) {
    const auto decoded = codec::base64_decode(checksum.value);
    if (!decoded || decoded->size() != objects::digest_bytes(checksum.algorithm)) {
        return s3::s3_fail("InvalidRequest", fmt::format("Value for {} header is invalid.",
                                                         header_name(checksum.algorithm)));
    }
    return {};
}

}  // namespace

Result<BodyDigests> BodyDigests::start(DeclaredDigests declared) {
    const bool sha256_wanted = !declared.sha256.empty();
    if (!declared.md5.empty() && !codec::is_lower_hex(declared.md5, md5_digits)) {
        return s3::s3_fail("InvalidDigest");
    }
    if (sha256_wanted && !codec::is_lower_hex(declared.sha256, sha256_digits)) {
        return s3::s3_fail("InvalidDigest");
    }
    const bool compared = declared.checksum && !declared.checksum->value.empty();
    if (compared) {
        SLIPWAY_CHECK(check_checksum(*declared.checksum));
    }
    const auto named =
        declared.checksum ? declared.checksum->algorithm : ChecksumAlgorithm::crc64nvme;
    BodyDigests digests(declared.kept.value_or(named));
    if (compared && named != digests.checksum_.algorithm()) {
        digests.compared_.emplace(named);
    }
    // A SHA-256 checksum is over the same bytes: computed once, compared twice.
    if (sha256_wanted && digests.checksum_.algorithm() != ChecksumAlgorithm::sha256) {
        digests.sha256_.emplace();
    }
    digests.declared_ = std::move(declared);
    return digests;
}

void BodyDigests::update(std::span<const std::byte> bytes) {
    md5_.update(bytes);
    update_but_md5(bytes);
}

void BodyDigests::update_but_md5(std::span<const std::byte> bytes) {
    if (sha256_) {
        sha256_->update(bytes);
    }
    checksum_.update(bytes);
    if (compared_) {
        compared_->update(bytes);
    }
}

Result<BodyDigests::Values> BodyDigests::finish() {
    Values values{codec::hex_encode(md5_.finish()), checksum_.finish()};
    if (!declared_.md5.empty() && declared_.md5 != values.etag) {
        return s3::s3_fail("BadDigest",
                           "The Content-MD5 you specified did not match what we "
                           "received.");
    }
    if (!declared_.sha256.empty()) {
        const std::string sha256 =
            sha256_ ? codec::hex_encode(sha256_->finish()) : hex_of_base64(values.checksum.value);
        if (sha256 != declared_.sha256) {
            return s3::s3_fail("XAmzContentSHA256Mismatch");
        }
    }
    if (declared_.checksum && !declared_.checksum->value.empty()) {
        const objects::Checksum found = compared_ ? compared_->finish() : values.checksum;
        if (found != *declared_.checksum) {
            return s3::s3_fail("BadDigest", fmt::format("The {} you specified did not match the "
                                                        "calculated checksum.",
                                                        to_string(found.algorithm)));
        }
    }
    return values;
}

}  // namespace slipway::store
