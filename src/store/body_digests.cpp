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

Result<BodyDigests> BodyDigests::start(const objects::PutRequest& request) {
    const bool sha256_wanted = !request.content_sha256.empty();
    if (!request.content_md5.empty() && !codec::is_lower_hex(request.content_md5, md5_digits)) {
        return s3::s3_fail("InvalidDigest");
    }
    if (sha256_wanted && !codec::is_lower_hex(request.content_sha256, sha256_digits)) {
        return s3::s3_fail("InvalidDigest");
    }
    if (request.checksum && !request.checksum->value.empty()) {
        SLIPWAY_CHECK(check_checksum(*request.checksum));
    }
    BodyDigests digests(request.checksum ? request.checksum->algorithm
                                         : ChecksumAlgorithm::crc64nvme);
    digests.declared_md5_ = request.content_md5;
    digests.declared_sha256_ = request.content_sha256;
    if (request.checksum) {
        digests.declared_checksum_ = request.checksum->value;
    }
    // A SHA-256 checksum is over the same bytes: computed once, compared twice.
    if (sha256_wanted && digests.checksum_.algorithm() != ChecksumAlgorithm::sha256) {
        digests.sha256_.emplace();
    }
    return digests;
}

void BodyDigests::update(std::span<const std::byte> bytes) {
    md5_.update(bytes);
    if (sha256_) {
        sha256_->update(bytes);
    }
    checksum_.update(bytes);
}

Result<BodyDigests::Values> BodyDigests::finish() {
    Values values{codec::hex_encode(md5_.finish()), checksum_.finish()};
    if (!declared_md5_.empty() && declared_md5_ != values.etag) {
        return s3::s3_fail("BadDigest",
                           "The Content-MD5 you specified did not match what we "
                           "received.");
    }
    if (!declared_sha256_.empty()) {
        const std::string sha256 =
            sha256_ ? codec::hex_encode(sha256_->finish()) : hex_of_base64(values.checksum.value);
        if (sha256 != declared_sha256_) {
            return s3::s3_fail("XAmzContentSHA256Mismatch");
        }
    }
    if (!declared_checksum_.empty() && declared_checksum_ != values.checksum.value) {
        return s3::s3_fail("BadDigest", fmt::format("The {} you specified did not match the "
                                                    "calculated checksum.",
                                                    to_string(values.checksum.algorithm)));
    }
    return values;
}

}  // namespace slipway::store
